import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editTool } from './edit-file.ts';
import { globTool } from './glob-files.ts';
import { grepTool } from './grep-files.ts';
import { listTool } from './list-folder.ts';
import { readTool } from './read-file.ts';
import type { Tool, ToolContext } from './tool.ts';
import { WorkingFolder } from './working-folder.ts';
import { writeTool } from './write-file.ts';

let outside: string;
let cwd: string;
let folder: WorkingFolder;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'own-tools-'));
  cwd = join(outside, 'work');
  mkdirSync(join(cwd, 'src/deep'), { recursive: true });
  mkdirSync(join(cwd, '.git'));
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  writeFileSync(join(cwd, 'src/a.ts'), 'one\ntwo\nthree\n');
  writeFileSync(join(cwd, 'src/deep/b.ts'), 'two\r\nlines\r\n');
  writeFileSync(join(cwd, 'src/c.js'), 'twofold');
  writeFileSync(join(cwd, 'data.bin'), Buffer.from([137, 80, 0, 255, 254, 0, 3]));
  symlinkSync(outside, join(cwd, 'way-out'));
  symlinkSync(join(outside, 'new.txt'), join(cwd, 'dangling'));
  folder = new WorkingFolder(cwd);
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

const context: ToolContext = {
  callId: 'c',
  turnId: 't',
  signal: new AbortController().signal,
  wasApproved: false,
  print: () => {},
};
const use = async (tool: Tool, input: object) => {
  const { outcome } = await tool.run(tool.read(input), context);
  return outcome.text;
};

describe('a path', () => {
  const read = (path: string) => use(readTool(folder, false), { path });
  it.each(['../secret.txt', 'way-out/secret.txt', 'src/../../secret.txt', '/etc/hostname'])(
    'is checked with links resolved: %s',
    (path) => expect(read(path)).rejects.toThrow('is outside the working folder'),
  );

  it('may not lead outside through a dangling link', async () => {
    const write = use(writeTool(folder), { path: 'dangling', content: 'x' });
    await expect(write).rejects.toThrow('is outside the working folder');
    const inNewFolder = use(writeTool(folder), { path: 'way-out/new/x', content: 'x' });
    await expect(inNewFolder).rejects.toThrow('is outside the working folder');
  });

  it('may not be in the git folder for writing', async () => {
    const write = use(writeTool(folder), { path: '.git/hooks/post-commit', content: 'x' });
    await expect(write).rejects.toThrow('belongs to git');
  });
});

describe('read', () => {
  const read = (input: object) => use(readTool(folder, false), input);

  it('numbers the lines, and can read a part of the file', async () => {
    expect(await read({ path: 'src/a.ts' })).toBe('     1\tone\n     2\ttwo\n     3\tthree');
    const part = await read({ path: 'src/a.ts', offset: '2', limit: 1 });
    expect(part).toContain('     2\ttwo\n');
    expect(part).toContain('Continue with offset 3');
  });

  it.each([
    [{ path: 'nothing' }, 'nothing does not exist.'],
    [{ path: 'src' }, 'src is a folder'],
    [{ path: 'data.bin' }, 'is not a text file'],
    [{ path: 'src/a.ts', offset: 9 }, 'has only 3 lines'],
  ])('reports what is wrong with %j', (input, words) => expect(read(input)).rejects.toThrow(words));

  it('rejects missing arguments, and treats null as omitted', async () => {
    expect(() => readTool(folder, false).read({})).toThrow('arguments are not valid');
    expect(await read({ path: 'src/c.js', offset: null })).toContain('twofold');
  });
});

describe('edit', () => {
  const edit = (input: object) => use(editTool(folder), { path: 'e.txt', ...input });

  it('replaces a unique text, and keeps Windows line breaks', async () => {
    writeFileSync(join(cwd, 'e.txt'), 'a\r\nb\r\n');
    await edit({ oldText: 'a\nb', newText: 'a\nc' });
    expect(readFileSync(join(cwd, 'e.txt'), 'utf8')).toBe('a\r\nc\r\n');
  });

  it('includes a diff in the permission details', async () => {
    writeFileSync(join(cwd, 'e.txt'), 'a\n');
    const input = { path: 'e.txt', oldText: 'a', newText: 'b' };
    const tool = editTool(folder);
    expect(await tool.permissionDetails(tool.read(input))).toMatchObject({
      path: 'e.txt',
      diff: expect.stringContaining('-a\n+b'),
    });
  });

  it('rejects ambiguous and inexact matches', async () => {
    writeFileSync(join(cwd, 'e.txt'), 'x = 1\ny\nx = 1\n  deep  text\n');
    await expect(edit({ oldText: 'x = 1', newText: '' })).rejects.toThrow(
      'occurs 2 times in e.txt (lines 1, 3)',
    );
    await expect(edit({ oldText: 'deep text', newText: '' })).rejects.toThrow(
      'The text that begins at line 4 differs only in spaces',
    );
    await expect(edit({ oldText: 'y\nz', newText: '' })).rejects.toThrow('occurs in line 2');
    await expect(edit({ oldText: 'nowhere', newText: '' })).rejects.toThrow('is not in e.txt');
    await edit({ oldText: 'x = 1', newText: 'z', replaceAll: 'true' });
    expect(readFileSync(join(cwd, 'e.txt'), 'utf8')).toBe('z\ny\nz\n  deep  text\n');
  });

  it('does not change files that are not UTF-8', async () => {
    writeFileSync(join(cwd, 'e.txt'), Buffer.from('caf\xe9', 'latin1'));
    await expect(edit({ oldText: 'caf', newText: 'x' })).rejects.toThrow('not a text file');
  });
});

describe('search', () => {
  it('finds files by a pattern, and lists folders', async () => {
    expect((await use(globTool(folder), { pattern: 'src/**/*.ts' })).split('\n').sort()).toEqual([
      'src/a.ts',
      'src/deep/b.ts',
    ]);
    expect(await use(listTool(folder), { path: 'src' })).toBe('a.ts\nc.js\ndeep/');
  });

  it('finds lines, can be limited to some files, and reports an invalid pattern', async () => {
    const grep = (input: object) => use(grepTool(folder), input);
    expect(await grep({ pattern: 'two\\b', path: 'src' })).toBe(
      'src/a.ts:2:two\nsrc/deep/b.ts:1:two\r',
    );
    expect(await grep({ pattern: 'TWO', ignoreCase: true, glob: '*.js', filesOnly: true })).toBe(
      'src/c.js',
    );
    expect(await grep({ pattern: 'nowhere to be found' })).toBe('Nothing matches.');
    await expect(grep({ pattern: '(' })).rejects.toThrow('The search failed');
  });
});
