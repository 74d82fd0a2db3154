import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { environmentForChildren } from './child-environment.ts';

export type KeychainAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** A program of its own: it is started, never imported. */
const keychainProgram = fileURLToPath(new URL('./keychain-child.ts', import.meta.url));

/** The name of Cursor's key. */
export const CURSOR_ACCOUNT = 'cursor-api-key';

/** The operating system's keychain, as far as we need it: one secret. */
export interface Keychain {
  read(): Promise<KeychainAnswer<string | null>>;
  write(secret: string): Promise<KeychainAnswer<null>>;
  remove(): Promise<KeychainAnswer<null>>;
}

/** What goes to the child's standard input; a secret in its arguments would be seen by every program. */
export type KeychainRequest = {
  readonly operation: 'read' | 'write' | 'remove';
  readonly service: string;
  readonly account: string;
  readonly secret?: string;
};

const answerSchema = z.union([
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
 * The keychain, asked in a child process for each call: a locked keyring can wait for a person forever, and its
 * native code must not end the daemon. Linux is pinned to the Secret Service; the kernel's keyring, which the
 * library would fall back to, forgets everything at the next boot.
 */
export const systemKeychain = (options: KeychainOptions): Keychain => {
  const { service = 'Cerevisor', account = CURSOR_ACCOUNT } = options;
  const ask = (request: Pick<KeychainRequest, 'operation' | 'secret'>) =>
    askChild({ ...request, service, account }, options);
  const change = async (request: Pick<KeychainRequest, 'operation' | 'secret'>) => {
    const answer = await ask(request);
    return answer.ok ? ({ ok: true, value: null } as const) : answer;
  };
  return {
    read: () => ask({ operation: 'read' }),
    write: (secret) => change({ operation: 'write', secret }),
    remove: () => change({ operation: 'remove' }),
  };
};

const askChild = (
  request: KeychainRequest,
  options: KeychainOptions,
): Promise<KeychainAnswer<string | null>> => {
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
      resolve(signal === 'SIGKILL' ? { ok: false, reason } : readAnswer(output));
    });
    // A child that did not take the request has no answer either, which 'close' tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
  });
};

const readAnswer = (output: string): KeychainAnswer<string | null> => {
  try {
    return answerSchema.parse(JSON.parse(output));
  } catch {
    // The output is not repeated: it could hold the secret.
    return { ok: false, reason: 'the keychain could not be accessed' };
  }
};
