import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A first start may be checked by the system for a long time. */
const START_MS = 60_000;

/**
 * What a harness says its version is; null if the program cannot be started. It is asked in an empty home folder: one
 * of them writes to the person's own as soon as it starts.
 */
export async function versionOf(program: string): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'cerevisor-harness-'));
  try {
    const text = await outputOf(program, ['--version'], {
      PATH: process.env.PATH ?? '',
      HOME: home,
      USERPROFILE: home,
      CODEX_HOME: home,
      CLAUDE_CONFIG_DIR: home,
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '' } : {}),
    });
    return text === null ? null : (/\d+\.\d+\.\d+/.exec(text)?.[0] ?? null);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Of two versions of three numbers. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [one, other] = [version, oldest].map((text) => text.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (one?.[index] ?? 0) - (other?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function outputOf(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: START_MS, windowsHide: true } as const;
    execFile(program, [...args], options, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}
