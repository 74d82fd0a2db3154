import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageTree } from './package-tree.ts';
import { prepareProgram, recordUser, removeOldCopies } from './program-copy.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'program-copy-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const addPackage = (path: string, dependencies: readonly string[] = [], version = '1.0.0') => {
  const needs = Object.fromEntries(dependencies.map((name) => [name, '*']));
  write(`${path}/package.json`, JSON.stringify({ version, dependencies: needs }));
  write(`${path}/index.js`, `// ${path}`);
};

/** An installation whose SDK has packages next to it, inside it, and next to it again for those inside. */
function install(): string {
  write('app/dist/programs/runner.mjs', 'import "./chunk-1.mjs";');
  write('app/dist/programs/chunk-1.mjs', '// first');
  addPackage('app/node_modules/@cursor/sdk', ['beside', 'inside', 'other-platform']);
  addPackage('app/node_modules/beside');
  addPackage('app/node_modules/@cursor/sdk/node_modules/inside', ['deep']);
  addPackage('app/node_modules/deep');
  addPackage('app/node_modules/unrelated');
  return join(folder, 'app/dist/programs/runner.mjs');
}

test('finds a package with its dependencies, and nothing else', () => {
  const bundle = dirname(install());
  const paths = packageTree('@cursor/sdk', bundle).map(({ copyPath }) => copyPath);
  expect(paths.sort()).toEqual([
    'node_modules/@cursor/sdk',
    'node_modules/@cursor/sdk/node_modules/inside',
    'node_modules/beside',
    'node_modules/deep',
  ]);
});

test('follows symbolic links, and places a second version separately', () => {
  addPackage('store/sdk/node_modules/@cursor/sdk', ['a', 'b']);
  addPackage('store/sdk/node_modules/a', ['b']);
  addPackage('store/b1/node_modules/b', [], '1.0.0');
  addPackage('store/b2/node_modules/b', [], '2.0.0');
  mkdirSync(join(folder, 'app/node_modules/@cursor'), { recursive: true });
  symlinkSync(
    join(folder, 'store/sdk/node_modules/@cursor/sdk'),
    join(folder, 'app/node_modules/@cursor/sdk'),
  );
  symlinkSync(join(folder, 'store/b1/node_modules/b'), join(folder, 'store/sdk/node_modules/b'));
  mkdirSync(join(folder, 'store/sdk/node_modules/a/node_modules'));
  symlinkSync(
    join(folder, 'store/b2/node_modules/b'),
    join(folder, 'store/sdk/node_modules/a/node_modules/b'),
  );
  const tree = packageTree('@cursor/sdk', join(folder, 'app'));
  expect(tree.map(({ copyPath, version }) => `${copyPath} ${version}`)).toEqual([
    'node_modules/@cursor/sdk 1.0.0',
    'node_modules/a 1.0.0',
    'node_modules/b 1.0.0',
    'node_modules/a/node_modules/b 2.0.0',
  ]);
});

test('an update of the installation does not change the copy', async () => {
  const file = install();
  const home = join(folder, 'home');
  const copy = await prepareProgram(home, { file, build: '' });
  expect(copy.file.startsWith(home)).toBe(true);
  expect(await prepareProgram(home, { file, build: '' })).toEqual(copy);
  expect(existsSync(join(dirname(dirname(copy.file)), 'node_modules/deep/index.js'))).toBe(true);
  rmSync(join(folder, 'app/dist/programs/chunk-1.mjs'));
  write('app/dist/programs/chunk-1.mjs', '// second');
  expect(readFileSync(join(dirname(copy.file), 'chunk-1.mjs'), 'utf8')).toBe('// first');
  const newer = await prepareProgram(home, { file, build: '' });
  expect(newer.build).not.toBe(copy.build);
});

test('keeps only the copies that runners use', async () => {
  const file = install();
  const home = join(folder, 'home');
  const used = await prepareProgram(home, { file, build: '' });
  await recordUser(used, process.pid);
  write('app/dist/programs/chunk-2.mjs', '//');
  const unused = await prepareProgram(home, { file, build: '' });
  write('app/dist/programs/chunk-3.mjs', '//');
  const current = await prepareProgram(home, { file, build: '' });
  await removeOldCopies(home, current.build);
  expect([used, unused, current].map((program) => existsSync(program.file))).toEqual([
    true,
    false,
    true,
  ]);
});

test('does not copy a program that runs from source', async () => {
  const program = { file: '/x/main.ts', build: 'source-1' };
  expect(await prepareProgram(folder, program)).toEqual(program);
});
