import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashOfFile, isBundleFresh } from '../../bin/bundle.mjs';
import { isNodeEnough, oldestForBundle } from '../../bin/find-node.mjs';
import packageJson from '../../package.json' with { type: 'json' };
import { startedPrograms } from '../../scripts/started-programs.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cerevisor-bundle-'));
  for (const name of ['src', 'src/checks', 'dist', 'dist/programs']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string) => writeFileSync(join(folder, path), text);

describe('which bundle is used', () => {
  beforeEach(() => {
    write('src/main.ts', 'console.log(1)');
    const file = join(folder, 'src/main.ts');
    const { size, mtimeMs } = statSync(file);
    write('dist/programs.json', JSON.stringify([['src/main.ts', size, mtimeMs, hashOfFile(file)]]));
  });

  test('one whose sources are unchanged', () => {
    expect(isBundleFresh(folder)).toBe(true);
  });

  test('one whose sources have the same content and only newer times, as after a clone', () => {
    utimesSync(join(folder, 'src/main.ts'), 1, 1);
    expect(isBundleFresh(folder)).toBe(true);
  });

  test('none that differs from its sources, even with the same length', () => {
    write('src/main.ts', 'console.log(2)');
    utimesSync(join(folder, 'src/main.ts'), 1, 1);
    expect(isBundleFresh(folder)).toBe(false);
  });

  test('none with a missing source', () => {
    rmSync(join(folder, 'src/main.ts'));
    expect(isBundleFresh(folder)).toBe(false);
  });

  test('none whose build was interrupted', () => {
    write('dist/programs.json', '[["src/ma');
    expect(isBundleFresh(folder)).toBe(false);
  });

  test('the only one of an installed package, which has no sources', () => {
    rmSync(join(folder, 'dist/programs.json'));
    expect(isBundleFresh(folder)).toBe(false);
    rmSync(join(folder, 'src'), { recursive: true });
    expect(isBundleFresh(folder)).toBe(true);
  });
});

test('a worker that a module refers to by URL becomes a program of the bundle, and starts from there', async () => {
  write(
    'src/checks/worker.ts',
    "import { parentPort } from 'node:worker_threads';\nparentPort?.postMessage('works');",
  );
  write(
    'src/checks/start.ts',
    "import { Worker } from 'node:worker_threads';\n" +
      "export const start = () => new Worker(new URL('./worker.ts', import.meta.url));",
  );
  write('src/main.ts', "export { start } from './checks/start.ts';");
  const bundle = await rolldown({
    input: { program: join(folder, 'src/main.ts') },
    platform: 'node',
    plugins: [startedPrograms()],
  });
  await bundle.write({ dir: join(folder, 'dist/programs'), entryFileNames: '[name].mjs' });
  await bundle.close();
  rmSync(join(folder, 'src'), { recursive: true });
  const program = pathToFileURL(join(folder, 'dist/programs/program.mjs'));
  const { start } = (await import(program.href)) as { start: () => Worker };
  const worker = start();
  expect(worker).toBeInstanceOf(Worker);
  await expect(new Promise((resolve) => worker.once('message', resolve))).resolves.toBe('works');
});

test('package.json requires the same Node versions as the launcher', () => {
  expect(packageJson.engines.node).toBe(`^${oldestForBundle[0]} || >=${oldestForBundle[1]}`);
});

test.each([
  ['20.19.0', false],
  ['22.22.2', false],
  ['22.22.3', true],
  ['22.23.0', true],
  ['23.11.0', false],
  ['24.14.9', false],
  ['24.15.0', true],
  ['24.16.0-nightly', true],
  ['25.0.0', true],
  ['26.1.0', true],
])('whether Node %s runs the programs: %s', (version, isEnough) => {
  expect(isNodeEnough(oldestForBundle, version)).toBe(isEnough);
});
