import type { ApiError } from '../server/contract/errors.ts';
import { problemLines } from './render/problems.ts';
import { type Appearance, appearanceOf, type Environment } from './terminal/appearance.ts';
import { type Line, line, paint, quiet, toned } from './terminal/lines.ts';

export type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

const DEFAULT_WIDTH = 80;
/** Below this no layout helps; lines wrap as the terminal likes. */
const LEAST_WIDTH = 20;

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
    this.appearance = appearanceOf(this.#human, options.environment, options.platform);
  }

  /** The stream that people read, for what redraws itself. */
  get humanStream(): Stream {
    return this.#human;
  }

  get width(): number {
    return Math.max(LEAST_WIDTH, this.#human.columns ?? DEFAULT_WIDTH);
  }

  /** Undefined where nothing limits it. */
  get height(): number | undefined {
    return this.#human.rows;
  }

  /** Lines for people; never cut, since they may be read through a pipe. */
  say(...lines: readonly (Line | string)[]): void {
    for (const parts of lines) {
      this.#human.write(
        `${paint(typeof parts === 'string' ? line(parts) : parts, this.appearance)}\n`,
      );
    }
  }

  /** Rows that were painted already. */
  rows(rows: readonly string[]): void {
    for (const row of rows) this.#human.write(`${row}\n`);
  }

  /** A remark beside the result: on standard error, so that a pipe gets the result alone. */
  remark(...lines: readonly (Line | string)[]): void {
    for (const parts of lines) {
      this.#errors.write(
        `${paint(typeof parts === 'string' ? line(parts) : parts, this.appearance)}\n`,
      );
    }
  }

  /** The one document of a command with `--json`; nothing without. */
  document(value: unknown): void {
    if (this.isJson) this.#machine.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One object a line, for what follows. */
  record(value: unknown): void {
    if (this.isJson) this.#machine.write(`${JSON.stringify(value)}\n`);
  }

  /** What went wrong and what to do; with `--json` also as the document. */
  failure(error: ApiError, file: string | null = null): void {
    const { code, message, suggestion, problems, candidates } = error;
    const [head = '', ...rest] = message.split('\n');
    this.remark(line(toned('bad', 'error '), head), ...rest);
    this.remark(...problemLines(problems, file));
    for (const candidate of candidates) this.remark(line('  ', candidate));
    if (suggestion !== undefined) this.remark(line(quiet(suggestion)));
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
