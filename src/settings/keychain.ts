import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { environmentForChildren } from './child-environment.ts';

export type KeychainResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** Runs as a child process and is never imported. */
const keychainProgram = fileURLToPath(new URL('./keychain-child.ts', import.meta.url));

/** The keychain account of Cursor's key. */
export const CURSOR_ACCOUNT = 'cursor-api-key';

/** One secret in the keychain of the operating system. */
export interface Keychain {
  read(): Promise<KeychainResult<string | null>>;
  write(secret: string): Promise<KeychainResult<null>>;
  remove(): Promise<KeychainResult<null>>;
}

/** Sent to the child's standard input, because command-line arguments are visible to other processes. */
export type KeychainRequest = {
  readonly operation: 'read' | 'write' | 'remove';
  readonly service: string;
  readonly account: string;
  readonly secret?: string;
};

const resultSchema = z.union([
  z.object({ ok: z.literal(true), value: z.string().nullable() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
]);

export type KeychainOptions = {
  readonly service?: string;
  /** Names the secret; default: Cursor's key. */
  readonly account?: string;
  readonly timeoutMs?: number;
  /** The program that talks to the keychain. */
  readonly program?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * The system's keychain, called in a child process each time: a locked keyring can wait for the user forever, and a crash
 * of its native code must not end the daemon. Linux is pinned to the Secret Service, because the kernel keyring, the
 * library's fallback, is lost at the next boot.
 */
export const systemKeychain = (options: KeychainOptions): Keychain => {
  const { service = 'Cerevisor', account = CURSOR_ACCOUNT } = options;
  const call = (request: Pick<KeychainRequest, 'operation' | 'secret'>) =>
    callChild({ ...request, service, account }, options);
  const change = async (request: Pick<KeychainRequest, 'operation' | 'secret'>) => {
    const result = await call(request);
    return result.ok ? ({ ok: true, value: null } as const) : result;
  };
  return {
    read: () => call({ operation: 'read' }),
    write: (secret) => change({ operation: 'write', secret }),
    remove: () => change({ operation: 'remove' }),
  };
};

const callChild = (
  request: KeychainRequest,
  options: KeychainOptions,
): Promise<KeychainResult<string | null>> => {
  const { timeoutMs = 3000, program = keychainProgram } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: environmentForChildren(options.environment),
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', (error) => resolve({ ok: false, reason: error.message }));
    child.on('close', (_code, signal) => {
      const reason = `the keychain did not respond within ${timeoutMs / 1000} s`;
      resolve(signal === 'SIGKILL' ? { ok: false, reason } : parseResult(output));
    });
    // If the child did not read the request, it also sent no result, which 'close' reports.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
  });
};

const parseResult = (output: string): KeychainResult<string | null> => {
  try {
    return resultSchema.parse(JSON.parse(output));
  } catch {
    // The message leaves out the output, which could contain the secret.
    return { ok: false, reason: 'the keychain could not be accessed' };
  }
};
