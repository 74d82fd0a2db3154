import { expect, test } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { noChangesText } from './diff.ts';

test('distinguishes unrecorded changes from no changes', () => {
  const agent = sampleAgent({ name: 'Writer', runtime: 'cursor-local', status: 'completed' });
  const unrecorded = sampleSession({ mode: 'local', folder: '/home/me/notes', agents: [agent] });
  expect(noChangesText(unrecorded)).toBe(
    'Changes in /home/me/notes are not recorded, because it is not in a git repository.',
  );
  const baseCommits = [{ repoUrl: '/home/me/notes', ref: 'HEAD', commit: 'a'.repeat(40) }];
  const recorded = { ...unrecorded, agents: [{ ...agent, baseCommits }] };
  expect(noChangesText(recorded)).toBe('No agent has changed anything yet.');
  expect(noChangesText(sampleSession({ agents: [] }))).toBe('No agent has changed anything yet.');
});
