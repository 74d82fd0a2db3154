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
let known: Promise<SandboxSupport> | null = null;

/**
 * Whether Cursor's SDK can confine an agent's tools on this machine. Asks the SDK's own sandbox program, without an
 * agent or a key; the answer is kept for the life of this process.
 */
export function sandboxSupport(): Promise<SandboxSupport> {
  known ??= askSandboxProgram();
  return known;
}

async function askSandboxProgram(): Promise<SandboxSupport> {
  // There the program only filters the network.
  if (process.platform === 'win32')
    return unsupported('Cursor has no sandbox for files on Windows.');
  const program = await findProgram();
  if (program === null) {
    return unsupported("The part of Cursor's SDK for this platform is not installed.");
  }
  if (process.platform === 'darwin') return onMac();
  const folder = await mkdtemp(join(tmpdir(), 'cerevisor-sandbox-'));
  try {
    const policy = join(folder, 'policy');
    await writeFile(policy, JSON.stringify({ sandbox: policyFor(folder) }), { mode: 0o600 });
    return await preflight(program, policy, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The SDK finds its program next to itself, in a package for each kind of machine. */
async function findProgram(): Promise<string | null> {
  const name = `@cursor/sdk-${process.platform}-${process.arch}/package.json`;
  const requireFrom = createRequire(import.meta.url);
  try {
    const sdk = createRequire(requireFrom.resolve('@cursor/sdk'));
    const program = join(dirname(sdk.resolve(name)), 'bin', 'cursorsandbox');
    await access(program, constants.X_OK);
    return program;
  } catch {
    return null; // No such package, or its program was left out: both mean the same here.
  }
}

async function onMac(): Promise<SandboxSupport> {
  try {
    await access('/usr/bin/sandbox-exec', constants.X_OK);
    return { isSupported: true };
  } catch {
    return unsupported('/usr/bin/sandbox-exec is missing on this Mac.');
  }
}

/** What the SDK asks for when it looks for itself. */
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
    execFile(program, args, { cwd, timeout: TIMEOUT_MS }, (error, _, complaint) => {
      if (error === null) return resolve({ isSupported: true });
      const detail = complaint.trim().split('\n', 1)[0] || error.message.split('\n', 1)[0];
      resolve(unsupported(`The system does not allow it: ${detail}`));
    });
  });
}

const unsupported = (reason: string): SandboxSupport => ({ isSupported: false, reason });
