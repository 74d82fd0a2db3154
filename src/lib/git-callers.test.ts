import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
/** The only files that may start git: they shield it from the user's variables, settings and hooks. */
const allowed = ['src/lib/git.ts', 'rehearsal/git/command.ts'];

const sources = ['src', 'rehearsal', 'bin', 'scripts', 'bench']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /(?<!\.test)\.(ts|tsx|mjs|js)$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

test('git is started in one file of the product and one of the rehearsal cloud', () => {
  const callers = sources.filter((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return (
      /child_process/.test(text) &&
      /['"`](?:\/[\w/]+\/)?git(?:\.exe)?(?:['"`]|\s+[a-z-])/.test(text)
    );
  });
  expect(callers.sort()).toEqual([...allowed].sort());
});

test('uses no dependency that starts git itself', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  // It only parses URLs.
  const harmless = new Set(['git-url-parse']);
  const names = Object.keys({ ...dependencies, ...devDependencies });
  expect(
    names.filter((name) => /\bgit\b|dugite|nodegit/.test(name) && !harmless.has(name)),
  ).toEqual([]);
});
