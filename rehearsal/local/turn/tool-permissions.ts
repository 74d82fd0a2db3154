import type { Tool } from './turn-stream-writer.ts';

/** The tools that the client allows in this turn. It sends them in two headers, and the server enforces them. */
export class ToolPermissions {
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #excluded: ReadonlySet<string>;

  constructor(allowed: string | undefined, excluded: string | undefined) {
    this.#allowed = allowed === undefined ? undefined : namesIn(allowed);
    this.#excluded = namesIn(excluded ?? '');
  }

  allows(tool: NonNullable<Tool['case']>): boolean {
    const name = tool.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return !this.#excluded.has(name) && (this.#allowed?.has(name) ?? true);
  }
}

const namesIn = (list: string): ReadonlySet<string> =>
  new Set(
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
