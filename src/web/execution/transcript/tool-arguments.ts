import { cleanText } from '../../../lib/clean-text.ts';

/** The most informative argument of a tool call in one line: the command, the path, the query. */
export function shortArguments(args: unknown): string {
  if (typeof args === 'string') return oneLine(args);
  if (typeof args !== 'object' || args === null) return '';
  const entries = Object.entries(args);
  const preferredKeys = ['command', 'path', 'file', 'filePath', 'pattern', 'query', 'url'];
  const [, value] = entries.find(([key]) => preferredKeys.includes(key)) ?? entries[0] ?? [];
  return oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ').trim().slice(0, 160);

/** Arguments or a result as text; anything but text becomes indented JSON. */
export function asText(value: unknown): string {
  const clean = (_key: string, part: unknown) =>
    typeof part === 'string' ? cleanText(part) : part;
  return typeof value === 'string' ? cleanText(value) : (JSON.stringify(value, clean, 2) ?? '');
}
