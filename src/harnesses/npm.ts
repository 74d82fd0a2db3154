import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export type NpmRun = {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};
export type NpmOutcome =
  | { readonly kind: 'done' | 'missing' | 'aborted' }
  | { readonly kind: 'failed'; readonly stderrTail: string };

const STDERR_TAIL_LENGTH = 1_500;

/** Runs the npm that belongs to the running Node, or else the one on the PATH. npm's own settings choose the registry. */
export async function runNpm({ args, cwd, environment, signal }: NpmRun): Promise<NpmOutcome> {
  const script = await bundledNpm();
  const isWindows = process.platform === 'win32';
  const child = spawn(
    script === null ? (isWindows ? 'npm.cmd' : 'npm') : process.execPath,
    script === null ? [...args] : [script, ...args],
    {
      cwd,
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
      // Windows starts `.cmd` files only through a shell. No argument comes from outside.
      shell: script === null && isWindows,
    },
  );
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => {
    stderr = `${stderr}${bytes.toString('utf8')}`.slice(-STDERR_TAIL_LENGTH);
  });
  const abort = () => child.kill('SIGTERM');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return new Promise<NpmOutcome>((resolve) => {
    child.once('error', () => resolve({ kind: 'missing' }));
    child.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) resolve({ kind: 'aborted' });
      else if (code === 0) resolve({ kind: 'done' });
      else resolve({ kind: 'failed', stderrTail: stderr.trim() });
    });
  });
}

/** The environment for npm: without keys, without update notices, and never installing globally. */
export const npmEnvironment = (environment: Environment): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /_API_KEY$|^CEREVISOR_/i.test(name) ? [] : [[name, value]],
    ),
  ),
  npm_config_update_notifier: 'false',
  npm_config_global: 'false',
});

async function bundledNpm(): Promise<string | null> {
  const folder = dirname(process.execPath);
  const folders = [join(folder, '..', 'lib', 'node_modules'), join(folder, 'node_modules')];
  for (const modules of folders) {
    const script = join(modules, 'npm', 'bin', 'npm-cli.js');
    if (await exists(script)) return script;
  }
  return null;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
