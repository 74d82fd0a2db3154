import { chmod, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from './durable-file.ts';
import { systemErrorCode } from './system-error.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cerevisor-durable-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('replacing a file', () => {
  it('creates it with the requested mode, keeps its mode afterwards, and leaves no temporary file', async () => {
    const path = join(folder, 'x');
    await replaceFile(path, 'one', { mode: 0o600 });
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o640);
    await replaceFile(path, 'two', { mode: 0o600 });
    expect((await lstat(path)).mode & 0o777).toBe(0o640);
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['x']);
  });

  it('follows a link instead of replacing it', async () => {
    const [path, link] = [join(folder, 'real'), join(folder, 'link')];
    await writeFile(path, 'one');
    await symlink(path, link);
    await replaceFile(link, 'two');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('two');
  });

  it('never shows a partial file to readers during concurrent writes', async () => {
    const path = join(folder, 'busy');
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(50_000));
    await replaceFile(path, contents[0] ?? '');
    const writes = contents.map((content) => replaceFile(path, content));
    const reads = Array.from({ length: 20 }, () => readFile(path, 'utf8'));
    for (const content of await Promise.all(reads)) expect(contents).toContain(content);
    await Promise.all(writes);
    expect(await readdir(folder)).toEqual(['busy']);
  });

  it('fails with the system error, and leaves no temporary file', async () => {
    const failed = await replaceFile(join(folder, 'no', 'x'), 'x').catch(systemErrorCode);
    expect(failed).toBe('ENOENT');
    await writeFile(join(folder, 'file'), '');
    await expect(replaceFile(folder, 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['file']);
  });
});
