import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type SandboxSupport =
  | { readonly isSupported: true }
  | { readonly isSupported: false; readonly reason: string };

/** The same timeout as in the SDK. */
const TIMEOUT_MS = 15_000;
let cachedSupport: Promise<SandboxSupport> | null = null;

/**
 * Whether Cursor's SDK supports a sandbox on this machine. Asks the SDK's own sandbox program, without an agent or a
 * key; the result is cached for the life of this process.
 */
export function sandboxSupport(): Promise<SandboxSupport> {
  cachedSupport ??= checkSupport();
  return cachedSupport;
}

async function checkSupport(): Promise<SandboxSupport> {
  // On Windows, the program only filters the network.
  if (process.platform === 'win32')
    return unsupported('Cursor has no sandbox for files on Windows.');
  const program = await findProgram();
  if (program === null) {
    return unsupported("The part of Cursor's SDK for this platform is not installed.");
  }
  if (process.platform === 'darwin') return checkMac();
  const folder = await mkdtemp(join(tmpdir(), 'cerevisor-sandbox-'));
  try {
    const policy = join(folder, 'policy');
    await writeFile(policy, JSON.stringify({ sandbox: policyFor(folder) }), { mode: 0o600 });
    return await preflight(program, policy, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SDK's program is in a separate package for each platform. */
async function findProgram(): Promise<string | null> {
  const name = `@cursor/sdk-${process.platform}-${process.arch}/package.json`;
  const requireFrom = createRequire(import.meta.url);
  try {
    const sdk = createRequire(requireFrom.resolve('@cursor/sdk'));
    const program = join(dirname(sdk.resolve(name)), 'bin', 'cursorsandbox');
    await access(program, constants.X_OK);
    return program;
  } catch {
    return null; // The package or its program is missing.
  }
}

async function checkMac(): Promise<SandboxSupport> {
  try {
    await access('/usr/bin/sandbox-exec', constants.X_OK);
    return { isSupported: true };
  } catch {
    return unsupported('/usr/bin/sandbox-exec is missing on this Mac.');
  }
}

/** The same policy as in the SDK's own check. */
const policyFor = (cwd: string) => ({
  type: 'workspace_readwrite',
  cwd,
  readBoundary: 'system',
  hardcodedReadPaths: [],
  networkAccess: false,
  additionalReadwritePaths: [],
  disableTmpWrite: false,
});

function preflight(program: string, policy: string, cwd: string): Promise<SandboxSupport> {
  const args = ['--policy', policy, '--preflight-only', '--', '/bin/true'];
  return new Promise((resolve) => {
    execFile(program, args, { cwd, timeout: TIMEOUT_MS }, (error, _, stderr) => {
      if (error === null) return resolve({ isSupported: true });
      const detail = stderr.trim().split('\n', 1)[0] || error.message.split('\n', 1)[0];
      resolve(unsupported(`The system does not allow it: ${detail}`));
    });
  });
}

const unsupported = (reason: string): SandboxSupport => ({ isSupported: false, reason });
