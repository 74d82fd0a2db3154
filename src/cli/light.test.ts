import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Modules that a short command must not load: each takes more processor time than the whole command. */
const heavy =
  /^(zod|ajv|@marcbachmann\/cel-js|hono|@hono\/.*|undici|jsonc-parser|log-update|string-width|open|pino|jose|node:crypto|node:http|node:https)$/;
const statically = /^(?:import|export) (?!type )(?:[^;'"]*? from )?'([^']+)';/gm;
const lazily = /import\('([^']+)'\)/g;

function loadedBy(start: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (file: string, from: string): void => {
    if (found.has(file)) return;
    found.set(file, from);
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(statically)].map(([, name]) => name ?? '');
    // The list of commands loads only the one that is called.
    if (file.endsWith('command-list.ts')) {
      names.push(...[...text.matchAll(lazily)].map(([, name]) => name ?? ''));
    }
    for (const name of names) {
      if (name.startsWith('.')) visit(join(dirname(file), name), file);
      else found.set(name, file);
    }
  };
  visit(start, '');
  return found;
}

test('no command loads heavy modules before it needs them', () => {
  const loaded = loadedBy(join(import.meta.dirname, 'main.ts'));
  expect(loaded.has('commander')).toBe(true);
  expect([...loaded.keys()].some((file) => file.endsWith('contract/client.ts'))).toBe(true);
  expect([...loaded].filter(([name]) => heavy.test(name))).toEqual([]);
});
