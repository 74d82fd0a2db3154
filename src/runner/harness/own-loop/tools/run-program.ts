import { spawn } from 'node:child_process';

export type ProgramEnd =
  /** `isCut`: the output exceeded the limit. */
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly isCut: boolean;
    }
  | { readonly kind: 'missing' | 'timed-out' | 'aborted' };

const MAX_OUTPUT_BYTES = 20 * 1024 * 1024;

/** Runs a program without a shell and collects its output. */
export function runProgram(request: {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxBytes?: number;
}): Promise<ProgramEnd> {
  const { program, args, cwd, signal, timeoutMs, maxBytes = MAX_OUTPUT_BYTES } = request;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal: AbortSignal.any([signal, timeout]),
      killSignal: 'SIGKILL',
    });
    const stdout = new LimitedBuffer(maxBytes, () => child.kill('SIGKILL'));
    const stderr = new LimitedBuffer(maxBytes, () => undefined);
    child.stdout.on('data', (bytes: Buffer) => stdout.add(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.add(bytes));
    child.once('error', (error) => {
      if (error.name !== 'AbortError') resolve({ kind: 'missing' });
    });
    child.once('close', (exitCode) => {
      if (signal.aborted) return resolve({ kind: 'aborted' });
      if (timeout.aborted) return resolve({ kind: 'timed-out' });
      resolve({
        kind: 'ended',
        exitCode: exitCode ?? (stdout.isFull ? 0 : 1),
        stdout: stdout.text,
        stderr: stderr.text,
        isCut: stdout.isFull,
      });
    });
  });
}

class LimitedBuffer {
  readonly #maxBytes: number;
  readonly #onFull: () => void;
  #pieces: Buffer[] = [];
  #sizeBytes = 0;

  constructor(maxBytes: number, onFull: () => void) {
    this.#maxBytes = maxBytes;
    this.#onFull = onFull;
  }

  get isFull(): boolean {
    return this.#sizeBytes >= this.#maxBytes;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  add(bytes: Buffer): void {
    if (this.isFull) return;
    this.#pieces.push(bytes.subarray(0, this.#maxBytes - this.#sizeBytes));
    this.#sizeBytes += bytes.length;
    if (this.isFull) this.#onFull();
  }
}
