import type { ApiError } from '../contract/errors.ts';
import { escapeControlCharacters } from '../lib/clean-text.ts';
import { problemLines } from './render/problems.ts';
import { shellCommand, withCommand } from './shell-command.ts';
import { type Appearance, appearanceOf, type Environment } from './terminal/appearance.ts';
import { fold } from './terminal/fold.ts';
import { type Line, line, paint, quiet, toned } from './terminal/lines.ts';

export type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** For a terminal that does not report its width, or reports 0. */
const DEFAULT_WIDTH = 80;
/** Narrower terminals are not supported; there the terminal wraps lines itself. */
const MIN_WIDTH = 20;

/** The width of a terminal. Output to pipes and files is never truncated, so their width is infinite. */
function widthOfStream({ isTTY, columns }: Stream): number {
  if (isTTY !== true) return Number.POSITIVE_INFINITY;
  return columns === undefined || columns === 0 ? DEFAULT_WIDTH : Math.max(MIN_WIDTH, columns);
}

/**
 * Writes the output of a command. By default, text goes to standard output. With `--json`, standard output contains only
 * JSON (one document, or one object per line), and text goes to standard error.
 */
export class Output {
  readonly isJson: boolean;
  /** The appearance of the stream with the text. */
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

  /** The stream with the text, for output that is redrawn. */
  get humanStream(): Stream {
    return this.#human;
  }

  get width(): number {
    return widthOfStream(this.#human);
  }

  /** Undefined if it is not limited. */
  get height(): number | undefined {
    return this.#human.rows;
  }

  /** How to run `cerevisor` in this shell. */
  get command(): string {
    return shellCommand(this.#environment);
  }

  /** Adapts the commands in a message to this shell. */
  advice(text: string): string {
    return withCommand(text, this.command);
  }

  /** Prints lines of text, wrapped between words to the width of the terminal, never truncated. */
  print(...lines: readonly (Line | string)[]): void {
    this.#write(this.#human, lines);
  }

  /** Prints rows that are already rendered. */
  rows(rows: readonly string[]): void {
    for (const row of rows) this.#human.write(`${row}\n`);
  }

  /** Prints a remark to standard error, so that a pipe receives only the result. */
  remark(...lines: readonly (Line | string)[]): void {
    this.#write(this.#errors, lines);
  }

  #write(stream: Stream, lines: readonly (Line | string)[]): void {
    const width = widthOfStream(stream);
    for (const parts of lines) {
      for (const wrapped of fold(typeof parts === 'string' ? line(parts) : parts, width))
        stream.write(`${paint(wrapped, this.appearance)}\n`);
    }
  }

  /** With `--json`, prints the JSON document of the command. */
  document(value: unknown): void {
    if (this.isJson)
      this.#machine.write(`${escapeControlCharacters(JSON.stringify(value, null, 2))}\n`);
  }

  /** With `--json`, prints one object on a line, for streams. */
  record(value: unknown): void {
    if (this.isJson) this.#machine.write(`${escapeControlCharacters(JSON.stringify(value))}\n`);
  }

  /** Prints an error with its suggestion; with `--json` also as JSON. */
  failure(error: ApiError, file: string | null = null): void {
    const { code, message, suggestion, problems, candidates } = error;
    const [head = '', ...rest] = withoutFirstProblem(message, problems).split('\n');
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

/** A message ends with the first problem, for clients that show only the message. Here all problems follow it. */
function withoutFirstProblem(message: string, [first]: ApiError['problems']): string {
  const ending = `: ${first?.message}`;
  return first !== undefined && message.endsWith(ending)
    ? `${message.slice(0, -ending.length)}.`
    : message;
}
