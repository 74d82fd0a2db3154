import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { updateWorkflow } from '../../workflow/edit/operations.ts';
import { readDraft } from './drafts.ts';
import { checkDisk, edit, openFile, reopenFile, resolveConflict, saveFile } from './editor.ts';

const first = '/files/first.cerevisor';
const second = '/files/second.cerevisor';

type Save = { readonly path: string; readonly text: string; readonly expectedHash: string | null };

/** The files of a daemon that answers a save when it is told to. The hash of a file is its version. */
class SlowDaemon {
  readonly saves: Save[] = [];
  readonly #texts = new Map(
    [first, second].map((path) => [path, JSON.stringify(sampleWorkflow())]),
  );
  readonly #versions = new Map<string, number>();
  #answer = Promise.withResolvers<void>();
  #isMissing = false;

  /** Another program changes the file. */
  change(path: string, name: string): void {
    this.#texts.set(path, JSON.stringify({ ...sampleWorkflow(), name }));
    this.#countVersion(path);
  }

  /** Another program deletes the files, and their folder. */
  deleteFiles(): void {
    this.#isMissing = true;
  }

  answerSave(): void {
    this.#answer.resolve();
    this.#answer = Promise.withResolvers();
  }

  readonly fetch = async (address: string, init: RequestInit): Promise<Response> => {
    if (init.method !== 'PUT') {
      const path = new URL(address, 'http://daemon').searchParams.get('path') ?? '';
      return this.#isMissing ? refusal(404, 'file_not_found') : Response.json(this.#content(path));
    }
    // The body of the app's own request.
    const save = JSON.parse(String(init.body)) as Save;
    this.saves.push(save);
    await this.#answer.promise;
    if (this.#isMissing) return refusal(404, 'folder_not_found');
    if (save.expectedHash !== this.#content(save.path).hash) return refusal(409, 'changed_on_disk');
    this.#texts.set(save.path, save.text);
    this.#countVersion(save.path);
    return Response.json(this.#content(save.path));
  };

  #countVersion(path: string): void {
    this.#versions.set(path, (this.#versions.get(path) ?? 0) + 1);
  }

  #content(path: string) {
    const text = this.#texts.get(path) ?? '';
    const hash = `${path} ${this.#versions.get(path) ?? 0}`;
    return { path, text, hash, problems: [], workflow: JSON.parse(text) };
  }
}

const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: 'It was not saved.' } }, { status });

function storageInMemory() {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

const rename = (name: string) => edit(updateWorkflow({ name }));
const nameIn = (save: Save | undefined): unknown => JSON.parse(save?.text ?? 'null')?.name;

let daemon: SlowDaemon;
beforeEach(async () => {
  daemon = new SlowDaemon();
  vi.stubGlobal('localStorage', storageInMemory());
  vi.stubGlobal('fetch', daemon.fetch);
  // The editor keeps the file of the test before.
  await openFile(second);
  await openFile(first);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('while the daemon is saving', () => {
  it('saves again for a save requested meanwhile, with the newest edits', async () => {
    rename('One');
    const saved = [saveFile()];
    rename('Two');
    saved.push(saveFile(), saveFile());
    daemon.answerSave();
    await saved[0];
    await vi.waitFor(() => expect(daemon.saves).toHaveLength(2));
    daemon.answerSave();
    expect(await Promise.all(saved)).toEqual([null, null, null]);
    expect(daemon.saves.map(nameIn)).toEqual(['One', 'Two']);
    expect(daemon.saves[1]?.expectedHash).toBe(`${first} 1`);
    expect(readDraft(first)).toBeNull();
  });

  it('does not save again if nothing was edited meanwhile', async () => {
    rename('One');
    const saved = [saveFile(), saveFile()];
    daemon.answerSave();
    await Promise.all(saved);
    expect(daemon.saves).toHaveLength(1);
  });

  it('keeps edits made meanwhile as a draft of the saved version', async () => {
    rename('One');
    const saved = saveFile();
    rename('Two');
    daemon.answerSave();
    await saved;
    expect(readDraft(first)).toMatchObject({ hash: `${first} 1`, workflow: { name: 'Two' } });
  });

  it('does not change another file that was opened meanwhile', async () => {
    rename('One');
    const saved = saveFile();
    await openFile(second);
    daemon.answerSave();
    await saved;
    expect(readDraft(first)).toBeNull();
    rename('Another');
    const savedSecond = saveFile();
    daemon.answerSave();
    expect(await savedSecond).toBeNull();
    expect(daemon.saves[1]).toMatchObject({ path: second, expectedHash: `${second} 0` });
  });

  it('does not take a version saved by itself for a conflict if the file is opened again meanwhile', async () => {
    rename('One');
    const saved = saveFile();
    await reopenFile(first);
    daemon.answerSave();
    await saved;
    // Nothing is left to save, so a later version of the file is loaded.
    daemon.change(first, 'Theirs');
    await checkDisk();
    rename('Two');
    const savedAgain = saveFile();
    daemon.answerSave();
    expect(await savedAgain).toBeNull();
    expect(daemon.saves[1]?.expectedHash).toBe(`${first} 2`);
  });
});

describe('a save that the daemon refuses', () => {
  it('shows the version of another program at once, and replaces it if the user says so', async () => {
    rename('Mine');
    daemon.change(first, 'Theirs');
    const refused = saveFile();
    daemon.answerSave();
    expect(await refused).toMatchObject({ code: 'changed_on_disk' });
    resolveConflict('ours');
    const saved = saveFile();
    daemon.answerSave();
    expect(await saved).toBeNull();
    expect(daemon.saves[1]?.expectedHash).toBe(`${first} 1`);
  });

  it('is reported to everyone who asked for it', async () => {
    daemon.deleteFiles();
    await checkDisk();
    const refused = [saveFile(), saveFile()];
    daemon.answerSave();
    expect(await refused[0]).toMatchObject({ code: 'folder_not_found' });
    await vi.waitFor(() => expect(daemon.saves).toHaveLength(2));
    daemon.answerSave();
    expect(await refused[1]).toMatchObject({ code: 'folder_not_found' });
  });
});
