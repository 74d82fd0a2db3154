import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** The SDK's interface for a custom spawn function. */
export type SpawnOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};
export type SpawnedProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/** Environment variable that tells the program which file descriptor contains the key. */
const KEY_VARIABLE = 'CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR';
const KEY_DESCRIPTOR = 3;
const MAX_STDERR_LENGTH = 2_000;

/** How the program exited, and the end of its stderr. */
export type ProgramEnd = { readonly how: string; readonly stderr: string };

/**
 * Starts Claude Code. The key is passed through a pipe: in the environment, the agent's commands and MCP servers could
 * read it.
 */
export class Program {
  readonly #apiKey: string;
  readonly #ended = Promise.withResolvers<ProgramEnd>();
  #stderr = '';

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
  }

  /** Resolves once the program has exited. */
  get ended(): Promise<ProgramEnd> {
    return this.#ended.promise;
  }

  readonly spawn = ({ command, args, cwd, env, signal }: SpawnOptions): SpawnedProcess => {
    const hasPipe = this.#apiKey !== '' && process.platform !== 'win32';
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, ...this.#keyEnvironment(hasPipe) },
      signal,
      stdio: hasPipe ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const pipe = child.stdio[KEY_DESCRIPTOR];
    if (pipe !== null && pipe !== undefined && 'end' in pipe) {
      pipe.on('error', () => undefined); // The program exited before it read its key, which `exit` reports.
      pipe.end(this.#apiKey);
    }
    child.stderr?.on('data', (bytes: Buffer) => this.#addStderr(bytes.toString('utf8')));
    child.once('error', ({ message }) => this.#handleExit(`could not be started: ${message}`));
    child.once('exit', (code, signalName) =>
      this.#handleExit(code === null ? `was ended by ${signalName}` : `ended with code ${code}`),
    );
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new Error('a child process without pipes');
    return Object.assign(child, { stdin, stdout });
  };

  /** On Windows, programs like this one do not inherit additional pipes. */
  #keyEnvironment(hasPipe: boolean): Record<string, string> {
    if (this.#apiKey === '') return {};
    return hasPipe
      ? { [KEY_VARIABLE]: String(KEY_DESCRIPTOR) }
      : { ANTHROPIC_API_KEY: this.#apiKey };
  }

  #addStderr(text: string): void {
    this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_LENGTH);
    process.stderr.write(text);
  }

  #handleExit(how: string): void {
    // Its last output may not have been read yet.
    setImmediate(() => this.#ended.resolve({ how, stderr: this.#stderr.trim() }));
  }
}
