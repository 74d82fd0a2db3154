import type { ApiError } from '../contract/errors.ts';
import { escapeControlCharacters } from '../lib/clean-text.ts';
import { shellCommand, withCommand } from './own-words.ts';
import { problemLines } from './render/problems.ts';
import { type Appearance, appearanceOf, type Environment } from './terminal/appearance.ts';
import { fold } from './terminal/fold.ts';
import { type Line, line, paint, quiet, toned } from './terminal/lines.ts';

export type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Of a terminal that does not tell its width, or tells 0. */
const USUAL_WIDTH = 80;
/** Below this no layout helps; lines wrap as the terminal likes. */
const LEAST_WIDTH = 20;

/** Columns of a terminal; nothing limits a pipe or a file, whose reader loses what was cut. */
function widthOfStream({ isTTY, columns }: Stream): number {
  if (isTTY !== true) return Number.POSITIVE_INFINITY;
  return columns === undefined || columns === 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, columns);
}

/**
 * Where words go. Plain: people read standard output. With `--json` standard output carries JSON alone (one
 * document, or one object a line) and people read standard error.
 */
export class Output {
  readonly isJson: boolean;
  /** Of the stream that people read. */
  readonly appearance: Appearance;
  readonly #machine: Stream;
  readonly #human: Stream;
  readonly #errors: Stream;
  readonly #environment: Environment;

  constructor(options: {
    readonly isJson: boolean;
    readonly stdout: Stream;
    readonly stderr: Stream;
    readonly environment: Environment;
    readonly platform: string;
  }) {
    this.isJson = options.isJson;
    this.#machine = options.stdout;
    this.#human = options.isJson ? options.stderr : options.stdout;
    this.#errors = options.stderr;
    this.#environment = options.environment;
    this.appearance = appearanceOf(this.#human, options.environment, options.platform);
  }

  /** The stream that people read, for what redraws itself. */
  get humanStream(): Stream {
    return this.#human;
  }

  get width(): number {
    return widthOfStream(this.#human);
  }

  /** Undefined if nothing limits it. */
  get height(): number | undefined {
    return this.#human.rows;
  }

  /** What runs a command of ours in this shell. */
  get command(): string {
    return shellCommand(this.#environment);
  }

  /** Advice of ours, with its commands as they work in this shell. */
  advice(text: string): string {
    return withCommand(text, this.command);
  }

  /** Lines for people; never cut, and folded between words where a terminal would break them anywhere. */
  say(...lines: readonly (Line | string)[]): void {
    this.#write(this.#human, lines);
  }

  /** Rows that were painted already. */
  rows(rows: readonly string[]): void {
    for (const row of rows) this.#human.write(`${row}\n`);
  }

  /** A remark next to the result: on standard error, so that a pipe gets the result alone. */
  remark(...lines: readonly (Line | string)[]): void {
    this.#write(this.#errors, lines);
  }

  #write(stream: Stream, lines: readonly (Line | string)[]): void {
    const width = widthOfStream(stream);
    for (const parts of lines) {
      for (const folded of fold(typeof parts === 'string' ? line(parts) : parts, width))
        stream.write(`${paint(folded, this.appearance)}\n`);
    }
  }

  /** The one document of a command with `--json`; nothing without. */
  document(value: unknown): void {
    if (this.isJson)
      this.#machine.write(`${escapeControlCharacters(JSON.stringify(value, null, 2))}\n`);
  }

  /** One object a line, for what follows. */
  record(value: unknown): void {
    if (this.isJson) this.#machine.write(`${escapeControlCharacters(JSON.stringify(value))}\n`);
  }

  /** What went wrong and what to do; with `--json` also as the document. */
  failure(error: ApiError, file: string | null = null): void {
    const { code, message, suggestion, problems, candidates } = error;
    const [head = '', ...rest] = message.split('\n');
    this.remark(line(toned('bad', 'error: '), head), ...rest);
    this.remark(...problemLines(problems, file));
    for (const candidate of candidates) this.remark(line('  ', candidate));
    if (suggestion !== undefined) this.remark(line(quiet(this.advice(suggestion))));
    this.record({
      error: {
        code,
        message,
        ...(suggestion === undefined ? {} : { suggestion }),
        ...(problems.length === 0 ? {} : { problems }),
        ...(candidates.length === 0 ? {} : { candidates }),
      },
    });
  }
}
