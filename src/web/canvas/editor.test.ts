import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { updateWorkflow } from '../../workflow/edit/operations.ts';
import { readDraft } from './drafts.ts';
import { edit, openFile, saveFile } from './editor.ts';

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

  answerSave(): void {
    this.#answer.resolve();
    this.#answer = Promise.withResolvers();
  }

  readonly fetch = async (address: string, init: RequestInit): Promise<Response> => {
    if (init.method !== 'PUT') {
      const path = new URL(address, 'http://daemon').searchParams.get('path') ?? '';
      return Response.json(this.#content(path));
    }
    // The body of the app's own request.
    const save = JSON.parse(String(init.body)) as Save;
    this.saves.push(save);
    await this.#answer.promise;
    this.#texts.set(save.path, save.text);
    this.#versions.set(save.path, (this.#versions.get(save.path) ?? 0) + 1);
    return Response.json(this.#content(save.path));
  };

  #content(path: string) {
    const text = this.#texts.get(path) ?? '';
    const hash = `${path} ${this.#versions.get(path) ?? 0}`;
    return { path, text, hash, problems: [], workflow: JSON.parse(text) };
  }
}

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

describe('while the daemon is saving', () => {
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
});
