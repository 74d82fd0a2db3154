import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import type { fetchHarness } from './fetch.ts';
import { Harnesses } from './harnesses.ts';

type FetchResult = Awaited<ReturnType<typeof fetchHarness>>;

test('a fetch reports its progress, starts only once, and keeps its failure until the next one', async () => {
  using folder = temporaryFolder();
  const ends: ((end: FetchResult) => void)[] = [];
  const harnesses = new Harnesses({
    paths: { home: folder.home },
    environment: {},
    fetch: (_name, { onProgress }) => {
      onProgress(7);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  expect(await harnesses.state('codex')).toEqual({ kind: 'missing', failure: null });
  await Promise.all([harnesses.fetch('codex'), harnesses.fetch('codex')]);
  expect(ends).toHaveLength(1);
  expect(await harnesses.state('codex')).toMatchObject({ kind: 'fetching', doneBytes: 7 });
  expect(await harnesses.state('claude')).toMatchObject({ kind: 'missing' });
  const error = { code: 'harness_fetch_failed', message: 'No network.' };
  ends[0]?.({ ok: false, error });
  await harnesses.whenIdle('codex');
  expect(await harnesses.state('codex')).toEqual({ kind: 'missing', failure: error });
  await harnesses.fetch('codex');
  expect(await harnesses.state('codex')).toMatchObject({ kind: 'fetching' });
  ends[1]?.({ ok: false, error });
  await harnesses.whenIdle('codex');
});
