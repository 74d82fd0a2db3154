import { cleanText } from '../../../lib/clean-text.ts';
import type { OutputPart } from './rows.ts';

/** Only this much of the end of a command's output is retained; the journal has the rest. */
export const maxOutputLength = 30_000;

/** Appends output and truncates the start if it becomes too long. */
export function appendOutput(
  before: readonly OutputPart[],
  after: readonly OutputPart[],
): readonly OutputPart[] {
  if (before.length === 0 || after.length === 0) return keepEnd([...before, ...after]);
  const parts = [...before];
  for (const part of after) {
    const last = parts.at(-1);
    if (last?.stream !== part.stream) parts.push(part);
    else parts[parts.length - 1] = { ...last, text: last.text + part.text };
  }
  return keepEnd(parts);
}

function keepEnd(parts: OutputPart[]): readonly OutputPart[] {
  let excess = outputLength(parts) - maxOutputLength;
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

export const outputLength = (parts: readonly OutputPart[]): number =>
  parts.reduce((sum, { text }) => sum + text.length, 0);

/**
 * The text as a terminal would finally show it: of a line overwritten with carriage returns, as progress bars do, only
 * the last state, and no control sequences.
 */
export const terminalText = (text: string): string =>
  cleanText(text.replace(/\r+\n/g, '\n').replace(/^[^\n]*\r(?=[^\n])/gm, ''));

/** The last line that is not empty. */
export function lastLine(parts: readonly OutputPart[]): string {
  const end = parts
    .map(({ text }) => text)
    .join('')
    .slice(-2000);
  return terminalText(end).trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** The exit code, if the result has one, and the output. */
export type CommandResult = {
  readonly exitCode: number | null;
  readonly output: readonly OutputPart[];
};

/** The result of a shell call; null for the result of any other tool. */
export function commandResult(result: unknown): CommandResult | null {
  for (const candidate of nestedObjects(result)) {
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

/** Runtimes nest the output differently: `{stdout}`, `{value: {stdout}}`, `{success: {stdout}}`. */
function nestedObjects(result: unknown): Fields[] {
  const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
  if (!isObject(result)) return [];
  return [result, ...Object.values(result).filter(isObject)];
}
