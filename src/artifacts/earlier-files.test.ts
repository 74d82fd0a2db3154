import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MANIFEST_FILE, readManifest } from './manifest.ts';
import { earlierFiles, ManifestEditor } from './manifest-editor.ts';
import { assignNames } from './safe-name.ts';
import { fetchArtifacts } from './store.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cerevisor-earlier-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

let clock = 0;
const nextTime = () => {
  clock += 1;
  return String(clock);
};
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** Fetches an agent's artifacts at the end of a turn, with new modification times at each fetch, as in real storage. */
async function fetched(
  contents: Readonly<Record<string, string>>,
  attempt: number,
  turn: number,
  updatedAt = nextTime(),
) {
  return fetchArtifacts({
    directory,
    list: Object.entries(contents).map(([path, text]) => ({
      path,
      sizeBytes: Buffer.byteLength(text),
      updatedAt,
    })),
    attempt,
    turn,
    linkFor: async (path) => ({
      ok: true,
      value: `https://storage.example/${encodeURIComponent(path)}`,
    }),
    reach: 'public',
    fetch: async (url) => {
      const text = contents[decodeURIComponent(new URL(url).pathname.slice(1))] ?? '';
      const body = Object.assign(ReadableStream.from([Buffer.from(text)]), {
        cancel: async () => {},
      });
      // Web streams are async iterable in Node, although the type does not say so.
      return { status: 200, headers: new Headers(), body: body as never };
    },
    signal: new AbortController().signal,
    limits: { minFreeBytes: 0 },
  });
}

const text = (file: string) => readFile(join(directory, file), 'utf8');
const files = async () =>
  (await readdir(directory)).filter((name) => name !== MANIFEST_FILE).sort();

it('keeps files of earlier attempts and turns next to the newest, with both in their names', async () => {
  await fetched({ 'artifacts/report.md': 'FROM-1' }, 1, 1);
  await fetched({ 'artifacts/report.md': 'FROM-2' }, 1, 2);
  const newest = await fetched({ 'artifacts/report.md': 'FROM-3' }, 2, 1);
  expect(newest).toMatchObject([{ file: 'report.md', sha256: hash('FROM-3') }]);
  expect(await text('report.md')).toBe('FROM-3');
  expect(await text('report.attempt-1-turn-1.md')).toBe('FROM-1');
  expect(await text('report.attempt-1-turn-2.md')).toBe('FROM-2');
  const { earlier } = await readManifest(directory);
  expect(earlier).toMatchObject([
    { path: 'artifacts/report.md', attempt: 1, turn: 1, sha256: hash('FROM-1') },
    { path: 'artifacts/report.md', attempt: 1, turn: 2, sha256: hash('FROM-2') },
  ]);
});

it('keeps files that are no longer listed, changed within a turn, or edited by the user', async () => {
  await fetched({ 'only-1.txt': 'one', 'shared.txt': 'first' }, 1, 1);
  const again = await fetched({ 'shared.txt': 'second' }, 1, 1);
  expect(await text('shared.attempt-1-turn-1.txt')).toBe('first');
  expect(await earlierFiles(directory, again as { path: string; file?: string }[])).toMatchObject([
    { path: 'shared.txt', file: 'shared.attempt-1-turn-1.txt' },
    { path: 'only-1.txt', file: 'only-1.txt', attempt: 1, turn: 1 },
  ]);
  await writeFile(join(directory, 'shared.txt'), 'edited by hand');
  await fetched({ 'shared.txt': 'third' }, 1, 1);
  expect(await text('shared.attempt-1-turn-1~2.txt')).toBe('edited by hand');
});

it('stores equal content once, and fetches again for another attempt even if nothing seems changed', async () => {
  await fetched({ 'a.txt': 'AAAA', 'b.txt': 'BBBB' }, 1, 1, 'same');
  await fetched({ 'a.txt': 'AAAA', 'b.txt': 'CCCC' }, 2, 1, 'same');
  expect(await files()).toEqual(['a.txt', 'b.attempt-1-turn-1.txt', 'b.txt']);
  expect(await text('b.txt')).toBe('CCCC');
});

it('adopts files of early versions, whose manifest has no attempts', async () => {
  await writeFile(join(directory, 'report.md'), 'old');
  const entry = { path: 'artifacts/report.md', file: 'report.md', sizeBytes: 3, state: 'fetched' };
  const manifest = { version: 1, artifacts: [{ ...entry, sha256: hash('old') }] };
  await writeFile(join(directory, MANIFEST_FILE), JSON.stringify(manifest));
  await fetched({ 'artifacts/report.md': 'new' }, 2, 1);
  expect(await text('report.earlier.md')).toBe('old');
  // Also a file that is not in the manifest because of a crash.
  await writeFile(join(directory, 'report.attempt-1-turn-3.md'), 'lost');
  await fetched({ 'artifacts/report.md': 'new' }, 2, 1);
  expect((await readManifest(directory)).earlier).toMatchObject([
    { path: 'artifacts/report.md', file: 'report.earlier.md' },
    { path: 'artifacts/report.md', attempt: 1, turn: 3, sha256: hash('lost') },
  ]);
});

it('writes the manifest in total work that is linear in the number of artifacts', async () => {
  let written = 0;
  const manifest = await ManifestEditor.open(directory, async (_, { newest }) => {
    written += newest.size;
  });
  for (let index = 0; index < 10_000; index += 1) {
    await manifest.record(
      { path: `${index}`, file: `${index}`, sizeBytes: 1, state: 'fetched' },
      1,
    );
  }
  await manifest.save();
  // Every saving is a quarter larger than the one before: together about five times the last one.
  expect(written).toBeGreaterThan(10_000);
  expect(written).toBeLessThan(80_000);
});

it('assigns unique names to thousands of similar paths in linear time', () => {
  const paths = Array.from({ length: 20_000 }, (_, index) => `a${'/'.repeat(index + 1)}b`);
  expect(new Set(assignNames(paths).values()).size).toBe(paths.length);
});
