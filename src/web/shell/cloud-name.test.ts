import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

/** Product names that contain "Cursor" whichever cloud is used. */
const productNames = /\bCursor(?:\s+(?:SDK|Agent|API key|cloud runs)\b|\.[a-z])/g;
const isChosenByBackend = (before: string) => /'rehearsal'|=== 'cursor'|isRehearsal/.test(before);

/** Source lines that name Cursor regardless of the cloud in use. `stateWords` are adapted when shown. */
function linesNamingCursor(file: string): string[] {
  const code = readFileSync(join(folder, file), 'utf8').replace(
    /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^const stateTexts[\s\S]*?^};/gm,
    '',
  );
  const lines = code.split('\n');
  return lines.flatMap((line, at) => {
    const isNamed = /\bCursor\b/.test(line.replace(productNames, ''));
    if (!isNamed || isChosenByBackend(lines.slice(Math.max(0, at - 2), at + 1).join('\n')))
      return [];
    return [`${file}: ${line.trim()}`];
  });
}

test('no screen names Cursor where the rehearsal cloud may be in use', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(linesNamingCursor)).toEqual([]);
});
