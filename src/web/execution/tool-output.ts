import { cleanText } from '../../lib/clean-text.ts';
import type { OutputPart } from './transcript-rows.ts';

/** Of what a command prints, so much of the end is kept: the transcript holds the rest. */
export const keptOutputLength = 30_000;

/** What was printed, and what was printed after it; no more than is kept of both. */
export function joinedOutput(
  before: readonly OutputPart[],
  after: readonly OutputPart[],
): readonly OutputPart[] {
  if (before.length === 0 || after.length === 0) return lastOf([...before, ...after]);
  const joined = [...before];
  for (const part of after) {
    const last = joined.at(-1);
    if (last?.stream !== part.stream) joined.push(part);
    else joined[joined.length - 1] = { ...last, text: last.text + part.text };
  }
  return lastOf(joined);
}

function lastOf(parts: OutputPart[]): readonly OutputPart[] {
  let excess = lengthOf(parts) - keptOutputLength;
  let first = 0;
  for (; excess > 0; first += 1) {
    const part = parts[first];
    if (part === undefined) break;
    if (part.text.length > excess) {
      parts[first] = { ...part, text: part.text.slice(excess) };
      break;
    }
    excess -= part.text.length;
  }
  return first === 0 ? parts : parts.slice(first);
}

export const lengthOf = (parts: readonly OutputPart[]): number =>
  parts.reduce((sum, { text }) => sum + text.length, 0);

/**
 * What a terminal would show of it in the end: of a line that was written over with carriage returns, as progress
 * bars do, what was written last; and no terminal commands.
 */
export const terminalText = (text: string): string =>
  cleanText(text.replace(/\r+\n/g, '\n').replace(/^[^\n]*\r(?=[^\n])/gm, ''));

/** The last line that says something. */
export function lastLine(parts: readonly OutputPart[]): string {
  const end = parts
    .map(({ text }) => text)
    .join('')
    .slice(-2000);
  return terminalText(end).trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** How a command ended, where a result says so. */
export type CommandResult = {
  readonly exitCode: number | null;
  readonly output: readonly OutputPart[];
};

/** The result of a shell call as text of a terminal; null for the result of anything else. */
export function commandResult(result: unknown): CommandResult | null {
  for (const candidate of withInside(result)) {
    const { stdout, stderr, exitCode } = candidate;
    if (typeof stdout !== 'string' && typeof stderr !== 'string') continue;
    return {
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      output: [
        { stream: 'stdout', text: typeof stdout === 'string' ? stdout : '' } as const,
        { stream: 'stderr', text: typeof stderr === 'string' ? stderr : '' } as const,
      ].filter(({ text }) => text !== ''),
    };
  }
  return null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Runtimes wrap what a command printed differently: `{stdout}`, `{value: {stdout}}`, `{success: {stdout}}`. */
function withInside(result: unknown): Fields[] {
  const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
  if (!isObject(result)) return [];
  return [result, ...Object.values(result).filter(isObject)];
}
