import type { Outcome } from '../engine/api.ts';

const DEFAULT_PORT = 4780;

/**
 * Chooses the port: the requested one, otherwise CEREVISOR_PORT, otherwise the preference, otherwise the default. The
 * first two are exact, because users who specify a port depend on it.
 */
export function choosePort(
  requested: number | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  preferred: number | null,
): Outcome<{ port: number; isPortExact: boolean }> {
  if (requested !== undefined) return { ok: true, value: { port: requested, isPortExact: true } };
  const text = environment.CEREVISOR_PORT?.trim() ?? '';
  if (text === '') {
    return { ok: true, value: { port: preferred ?? DEFAULT_PORT, isPortExact: false } };
  }
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return { ok: true, value: { port, isPortExact: true } };
  return {
    ok: false,
    error: {
      code: 'invalid_port',
      message: `CEREVISOR_PORT is "${text}", which is not a port.`,
      suggestion: 'Set it to a number from 1 to 65535 (0 means any free port), or remove it.',
    },
  };
}
