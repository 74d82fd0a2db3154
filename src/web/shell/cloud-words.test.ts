import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

/** What is called so whichever cloud is used. */
const products = /\bCursor(?:\s+(?:SDK|Agent|API key|cloud runs)\b|\.[a-z])/g;
/** A text that is chosen by the cloud in use. */
const isForEither = (before: string) => /'rehearsal'|=== 'cursor'|isRehearsal/.test(before);

/** Lines of code that show the name of Cursor, whichever cloud is in use. `stateWords` are put right when shown. */
function namingsOfCursor(file: string): string[] {
  const code = readFileSync(join(folder, file), 'utf8').replace(
    /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^const stateWords[\s\S]*?^};/gm,
    '',
  );
  const lines = code.split('\n');
  return lines.flatMap((words, at) => {
    const isNamed = /\bCursor\b/.test(words.replace(products, ''));
    if (!isNamed || isForEither(lines.slice(Math.max(0, at - 2), at + 1).join('\n'))) return [];
    return [`${file}: ${words.trim()}`];
  });
}

test('no screen says Cursor where the rehearsal cloud may be in use', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(namingsOfCursor)).toEqual([]);
});
