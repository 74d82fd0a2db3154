import { expect, test } from 'vitest';
import { artifactsOf } from './artifacts.ts';
import type { StoredArtifact } from './events.ts';
import type { AgentState, Attempt } from './state.ts';

const file = (name: string, more: Partial<StoredArtifact> = {}): StoredArtifact => ({
  path: `artifacts/${name}`,
  file: name,
  sizeBytes: 1,
  ...more,
});
const attempt = (number: number, artifacts: Partial<Attempt['artifacts']>) => ({
  number,
  artifacts: { state: 'complete', files: [], failure: null, ...artifacts },
});
const agent = (...attempts: object[]) => ({ attempts }) as unknown as AgentState; // Everything that is read.
const names = (files: readonly StoredArtifact[]) =>
  files.map(({ file: name, attempt: number }) => [name, number]);

test('lists files of an earlier attempt while the newest one has fetched none', () => {
  const before = attempt(1, { files: [file('a.md')], earlier: [file('b.md', { attempt: 1 })] });
  const { newest, earlier } = artifactsOf(agent(before, attempt(2, { state: 'pending' })));
  expect(newest).toEqual([]);
  expect(names(earlier)).toEqual([
    ['a.md', 1],
    ['b.md', 1],
  ]);
});

test('uses only the newest report that lists all files', () => {
  const before = attempt(1, { files: [file('a.md')], earlier: [] });
  const now = attempt(2, {
    files: [file('a.md')],
    earlier: [file('a.attempt-1-turn-1.md', { attempt: 1, turn: 1 })],
  });
  expect(names(artifactsOf(agent(before, now)).earlier)).toEqual([['a.attempt-1-turn-1.md', 1]]);
});

test('lists files of reports by early versions unless they were overwritten', () => {
  const before = attempt(1, { files: [file('a.md'), file('b.md')] });
  const now = attempt(2, { files: [file('a.md')] });
  expect(names(artifactsOf(agent(before, now)).earlier)).toEqual([['b.md', 1]]);
});
