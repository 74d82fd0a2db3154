import { appendFileSync, statSync } from 'node:fs';

/** The part of a host's output that explains why it ended. */
const TAIL_LENGTH = 2_000;
/** The SDK prints whole bundles when it fails. */
const MAX_LINE_LENGTH = 500;
const MAX_FILE_BYTES = 1024 * 1024;

/** What a host prints, without keys: a file for whoever looks for a fault, and its end for the reason of a failure. */
export class LastWords {
  readonly #file: string;
  readonly #clean: (text: string) => string;
  #rest = '';
  #tail = '';
  #sizeBytes: number;

  constructor(file: string, clean: (text: string) => string) {
    this.#file = file;
    this.#clean = clean;
    this.#sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Keys may be cut by the pieces in which words come, so only whole lines are taken. */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH * 4);
    for (const line of lines) this.#addLine(line);
  }

  /** For the end of a sentence; empty when nothing was said. */
  quoted(): string {
    if (this.#rest !== '') this.add('\n');
    const said = this.#tail.trim();
    return said === '' ? '' : ` It said: ${said}`;
  }

  #addLine(line: string): void {
    const cut = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
    const clean = `${this.#clean(cut)}\n`;
    this.#tail = (this.#tail + clean).slice(-TAIL_LENGTH);
    this.#sizeBytes += Buffer.byteLength(clean);
    if (this.#sizeBytes > MAX_FILE_BYTES) return;
    try {
      appendFileSync(this.#file, clean, { mode: 0o600 });
    } catch {
      // A full disk must not end anything; the tail is kept in memory.
    }
  }
}
