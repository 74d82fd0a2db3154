import { appendFileSync, statSync } from 'node:fs';

/** Length of the output that is kept in memory to explain a failure. */
const TAIL_LENGTH = 2_000;
/** The SDK prints lines of its bundle when it fails. */
const MAX_LINE_LENGTH = 500;
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * The stderr of a host with keys removed: written to a file for troubleshooting, and its end kept for failure messages.
 */
export class StderrLog {
  readonly #file: string;
  readonly #redact: (text: string) => string;
  #partialLine = '';
  #tail = '';
  #sizeBytes: number;

  constructor(file: string, redact: (text: string) => string) {
    this.#file = file;
    this.#redact = redact;
    this.#sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Only whole lines are processed, because a key may be split between two chunks. */
  add(text: string): void {
    const lines = (this.#partialLine + text).split('\n');
    this.#partialLine = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH * 4);
    for (const line of lines) this.#addLine(line);
  }

  /** The last output, to be appended to a message; empty if there was none. */
  lastOutput(): string {
    if (this.#partialLine !== '') this.add('\n');
    const output = this.#tail.trim();
    return output === '' ? '' : ` Last output: ${output}`;
  }

  #addLine(line: string): void {
    const cut = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
    const redacted = `${this.#redact(cut)}\n`;
    this.#tail = (this.#tail + redacted).slice(-TAIL_LENGTH);
    this.#sizeBytes += Buffer.byteLength(redacted);
    if (this.#sizeBytes > MAX_FILE_BYTES) return;
    try {
      appendFileSync(this.#file, redacted, { mode: 0o600 });
    } catch {
      // An error of the disk must not end the process; the tail is kept in memory.
    }
  }
}
