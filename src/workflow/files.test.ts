import { chmod, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { openWorkflow, saveWorkflow, saveWorkflowText } from './files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cerevisor-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const errorOf = async (path: string) => {
  const opened = await openWorkflow(path);
  return opened.ok ? 'none' : opened.error.code;
};

async function saved(name: string) {
  const workflow = sampleWorkflow();
  const result = await saveWorkflow(at(name), workflow);
  if (!result.ok) throw new Error(result.error.message);
  return { workflow, path: at(name), hash: result.value.hash };
}

describe('a workflow file', () => {
  it('is read as it was saved, also with its old extension, and leaves no other files', async () => {
    for (const name of ['new.cerevisor', 'old.opaal']) {
      const { workflow, path, hash } = await saved(name);
      const opened = await openWorkflow(path);
      expect(opened).toMatchObject({ ok: true, value: { hash, notices: [] } });
      expect(opened.ok && opened.value.workflow).toEqual(workflow);
    }
    expect((await readdir(folder)).toSorted()).toEqual(['new.cerevisor', 'old.opaal']);
  });

  it('reports why it cannot be read', async () => {
    await writeFile(at('bad.cerevisor'), '{');
    await writeFile(at('binary.cerevisor'), Buffer.from([0xff, 0xfe, 0x00]));
    await writeFile(at('huge.cerevisor'), Buffer.alloc(9 * 1024 * 1024, ' '));
    expect(await errorOf(at('missing.cerevisor'))).toBe('file_missing');
    expect(await errorOf(at('bad.cerevisor/inside'))).toBe('file_missing');
    expect(await errorOf(folder)).toBe('not_a_file');
    expect(await errorOf('/dev/null')).toBe('not_a_file');
    expect(await errorOf(at('bad.cerevisor'))).toBe('file_invalid');
    expect(await errorOf(at('binary.cerevisor'))).toBe('file_not_text');
    expect(await errorOf(at('huge.cerevisor'))).toBe('file_too_large');
  });

  it('is not overwritten if it was changed or removed since it was opened', async () => {
    const { workflow, path, hash } = await saved('shared.cerevisor');
    const theirs = `${await readFile(path, 'utf8')}\n`;
    await writeFile(path, theirs);
    const mine = { ...workflow, name: 'Mine' };
    const refused = await saveWorkflow(path, mine, { expectedHash: hash });
    expect(refused).toMatchObject({ ok: false, error: { code: 'changed_on_disk' } });
    expect(await readFile(path, 'utf8')).toBe(theirs);
    await rm(path);
    expect((await saveWorkflow(path, mine, { expectedHash: hash })).ok).toBe(false);
    expect((await saveWorkflow(path, mine)).ok).toBe(true);
  });

  it('is created only if no file exists, when none was expected', async () => {
    const { path } = await saved('there.cerevisor');
    const refused = await saveWorkflowText(path, '{}', { expectedHash: null });
    expect(refused).toMatchObject({ ok: false, error: { code: 'changed_on_disk' } });
    expect((await saveWorkflowText(at('fresh.cerevisor'), '{}', { expectedHash: null })).ok).toBe(
      true,
    );
    expect(await readFile(at('fresh.cerevisor'), 'utf8')).toBe('{}');
  });

  it('keeps its mode, and stays a symbolic link', async () => {
    const { workflow, path } = await saved('real.cerevisor');
    await chmod(path, 0o600);
    await symlink(path, at('link.cerevisor'));
    await saveWorkflow(at('link.cerevisor'), { ...workflow, name: 'Through the link' });
    expect(await readFile(path, 'utf8')).toContain('Through the link');
    expect((await lstat(at('link.cerevisor'))).isSymbolicLink()).toBe(true);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
  });

  it('reports why it cannot be written, and preserves the old file', async () => {
    const result = await saveWorkflow(at('no/such/folder.cerevisor'), sampleWorkflow());
    expect(result).toMatchObject({ ok: false, error: { code: 'file_unwritable' } });
    expect(await readdir(folder)).toEqual([]);
  });
});
