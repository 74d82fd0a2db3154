import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { suggestionFor } from '../../runtimes/cursor-cloud/error-codes.ts';
import { toAppSuggestion } from './app-suggestion.ts';

const source = join(import.meta.dirname, '../..');

/** What only a terminal can do: start and stop Cerevisor, and read its startup output. */
const terminalOnly = /`cerevisor (?:start|stop|status|rehearse)[^`]*`/g;

/** Source lines with suggestions that the app shows. */
function suggestions(): string[] {
  const parts = ['engine', 'license', 'runtimes', 'session', 'workflow', 'server/lookup.ts'];
  const files = parts.flatMap((part) =>
    part.endsWith('.ts')
      ? [part]
      : readdirSync(join(source, part), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
          .map((file) => join(part, file)),
  );
  return files.flatMap((file) =>
    readFileSync(join(source, file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(?:\/|\*)/.test(line) && !line.includes('import '))
      .filter((line) => /(?<!\.)\bcerevisor [a-z]|--[a-z]+ URL/.test(line) && /['"`]/.test(line)),
  );
}

test("names the app's own screens where the daemon names commands", () => {
  const all = suggestions();
  expect(all.length).toBeGreaterThan(3);
  const left = all.map((text) => toAppSuggestion(text).replace(terminalOnly, ''));
  expect(left.filter((text) => /(?<!\.)\bcerevisor [a-z]|--[a-z]+ URL/.test(text))).toEqual([]);
  expect(toAppSuggestion(suggestionFor('unauthorized') ?? '')).toMatch(
    /^Set a valid Cursor API key under Settings > Providers\./,
  );
});

test('names fields as the app labels them, not as the file does', () => {
  const rules = join(source, 'workflow/rules');
  const read = (name: string) => readFileSync(join(rules, name), 'utf8');
  const daemonText = ['conditions.ts', 'expressions.ts', 'loops.ts', 'order.ts']
    .flatMap((name) => read(name).match(/['`](?:Describe|Set|Lower|Add|Remove) [^\n]*/g) ?? [])
    .map(toAppSuggestion);
  expect(daemonText.length).toBeGreaterThan(4);
  expect(daemonText.filter((text) => /"[a-z]+[A-Z][A-Za-z]*"/.test(text))).toEqual([]);
  expect(toAppSuggestion('Lower "maxIterations" of one of these loops.')).toBe(
    'Lower "Maximum rounds" of one of these loops.',
  );
});
