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
export type NpmEnd =
  | { readonly kind: 'done' | 'missing' | 'aborted' }
  | { readonly kind: 'failed'; readonly lastWords: string };

const LAST_WORDS = 1_500;

/** Runs npm: that of the Node which runs us, otherwise the one on the PATH. Its own settings decide where it fetches from. */
export async function runNpm({ args, cwd, environment, signal }: NpmRun): Promise<NpmEnd> {
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
      // Windows starts `.cmd` files through a shell alone; the arguments are our own words.
      shell: script === null && isWindows,
    },
  );
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = `${said}${bytes.toString('utf8')}`.slice(-LAST_WORDS);
  });
  const abort = () => child.kill('SIGTERM');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return new Promise<NpmEnd>((resolve) => {
    child.once('error', () => resolve({ kind: 'missing' }));
    child.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) resolve({ kind: 'aborted' });
      else if (code === 0) resolve({ kind: 'done' });
      else resolve({ kind: 'failed', lastWords: said.trim() });
    });
  });
}

/** Without what would make npm ask, report or install in another way. */
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
  const places = [join(folder, '..', 'lib', 'node_modules'), join(folder, 'node_modules')];
  for (const place of places) {
    const script = join(place, 'npm', 'bin', 'npm-cli.js');
    if (await isThere(script)) return script;
  }
  return null;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
