import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** What the SDK asks for, and what it gets. */
export type SpawnOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};
export type SpawnedProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/** In the environment of the program: where it reads its key from. */
const KEY_VARIABLE = 'CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR';
const KEY_DESCRIPTOR = 3;
const MAX_SAID_LENGTH = 2_000;

/** How the program ended, and the last that it said outside its protocol. */
export type ProgramEnd = { readonly how: string; readonly said: string };

/**
 * Starts Claude Code. The key goes through a pipe: in the environment every command of the agent and every MCP server
 * could read it.
 */
export class Program {
  readonly #apiKey: string;
  readonly #ended = Promise.withResolvers<ProgramEnd>();
  #said = '';

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
  }

  /** Resolves once the program, and everything that writes to its output, has ended. */
  get ended(): Promise<ProgramEnd> {
    return this.#ended.promise;
  }

  readonly spawn = ({ command, args, cwd, env, signal }: SpawnOptions): SpawnedProcess => {
    const hasPipe = this.#apiKey !== '' && process.platform !== 'win32';
    const child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env, ...this.#keyIn(hasPipe) },
      signal,
      stdio: hasPipe ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const pipe = child.stdio[KEY_DESCRIPTOR];
    if (pipe !== null && pipe !== undefined && 'end' in pipe) {
      pipe.on('error', () => undefined); // The program ended before it read its key; its end tells.
      pipe.end(this.#apiKey);
    }
    child.stderr?.on('data', (bytes: Buffer) => this.#listen(bytes.toString('utf8')));
    child.once('error', ({ message }) => this.#end(`could not be started: ${message}`));
    child.once('exit', (code, ending) =>
      this.#end(code === null ? `was ended by ${ending}` : `ended with code ${code}`),
    );
    const { stdin, stdout } = child;
    if (stdin === null || stdout === null) throw new Error('a child process without pipes');
    return Object.assign(child, { stdin, stdout });
  };

  /** Windows hands no further pipes on to programs like this one. */
  #keyIn(hasPipe: boolean): Record<string, string> {
    if (this.#apiKey === '') return {};
    return hasPipe
      ? { [KEY_VARIABLE]: String(KEY_DESCRIPTOR) }
      : { ANTHROPIC_API_KEY: this.#apiKey };
  }

  #listen(text: string): void {
    this.#said = (this.#said + text).slice(-MAX_SAID_LENGTH);
    process.stderr.write(text);
  }

  #end(how: string): void {
    // Whatever it wrote last is still on its way.
    setImmediate(() => this.#ended.resolve({ how, said: this.#said.trim() }));
  }
}
