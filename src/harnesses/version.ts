import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Operating systems may scan a program for a long time before its first start. */
const START_TIMEOUT_MS = 60_000;

/**
 * The version that a harness reports; null if the program cannot be started. It runs in an empty home folder, because
 * Claude Code writes to the user's home as soon as it starts.
 */
export async function readVersion(program: string): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'cerevisor-harness-'));
  try {
    const text = await runAndRead(program, ['--version'], {
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

/** Compares two versions of the form `1.2.3`. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [left, right] = [version, oldest].map((text) => text.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function runAndRead(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: START_TIMEOUT_MS, windowsHide: true } as const;
    execFile(program, [...args], options, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}
