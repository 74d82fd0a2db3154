import type { Outcome } from '../engine/api.ts';

const USUAL_PORT = 4780;

/**
 * Where to listen: the port that was asked for, else CEREVISOR_PORT, otherwise the preferred one, otherwise the usual one.
 * The first two are exact: who asks for a port by name counts on it.
 */
export function choosePort(
  asked: number | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  preferred: number | null,
): Outcome<{ port: number; isPortExact: boolean }> {
  if (asked !== undefined) return { ok: true, value: { port: asked, isPortExact: true } };
  const text = environment.CEREVISOR_PORT?.trim() ?? '';
  if (text === '') {
    return { ok: true, value: { port: preferred ?? USUAL_PORT, isPortExact: false } };
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
