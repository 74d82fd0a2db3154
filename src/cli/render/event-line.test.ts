import { expect, test } from 'vitest';
import type { EventView } from '../../contract/event-views.ts';
import { describeEvent } from './event-line.ts';
import type { EventNames } from './event-names.ts';

const names: EventNames = { agent: (id) => id, connection: (id) => id, launch: () => '' };

test('a lost stream does not imply that its run continues', () => {
  const event = {
    seq: 1,
    type: 'ConnectionChanged',
    agentId: 'plan',
    attempt: 1,
    connection: 'reconnecting',
    reason: 'the stream broke off',
    // Only the fields that the sentence uses.
  } as unknown as EventView;
  const backend = 'cursor';
  expect(describeEvent(event, names, backend)?.text).toBe('reconnecting: the stream broke off');
});

test.each([
  [{ type: 'Launched', threadId: 'agent-1', adopted: false }, 'running (agent-1)'],
  [
    { type: 'Launched', threadId: 'agent-1', adopted: true },
    'found after a lost response (agent-1)',
  ],
  [{ type: 'RunObserved', status: 'RUNNING' }, 'this machine reports RUNNING'],
  [{ type: 'RunEnded', outcome: 'finished' }, 'finished on this machine'],
  [{ type: 'RunEnded', outcome: 'error', failure: { message: 'No.' } }, 'ended with an error: No.'],
  [{ type: 'RunEnded', outcome: 'interrupted' }, 'was interrupted'],
  [
    { type: 'RunEnded', outcome: 'error', failure: { message: 'No.' }, notes: ['It was kept.'] },
    'ended with an error: No. It was kept.',
  ],
  [
    {
      type: 'LaunchDeferred',
      reason: 'rate_limited',
      failure: { code: 'disk_full', message: 'No space', suggestion: 'Free some.' },
    },
    'cannot be started yet: No space. Free some.',
  ],
  [
    {
      type: 'LaunchDeferred',
      reason: 'concurrency',
      failure: { code: 'folder_busy', message: 'Another agent works in /shop.' },
    },
    'waits: Another agent works in /shop.',
  ],
])('describes events of local agents without naming the cloud: %j', (fields, text) => {
  // Only the fields that the sentence uses.
  const event = { seq: 1, agentId: 'plan', turnId: 'turn-1', ...fields } as unknown as EventView;
  for (const backend of ['cursor', 'rehearsal'] as const)
    expect(describeEvent(event, names, backend)?.text).toBe(text);
});

test('names the launched cloud agent, also in old journals', () => {
  const ids = { cursorAgentId: 'bc-1', cursorRunId: 'run-1' };
  for (const fields of [ids, { ...ids, threadId: 'bc-1', turnId: 'run-1' }]) {
    // Only the fields that the sentence uses.
    const event = { seq: 1, type: 'Launched', ...fields } as unknown as EventView;
    expect(describeEvent(event, names, 'cursor')?.text).toBe('running (bc-1)');
  }
});

test('describes events of the control flow as all clients do', () => {
  const event = {
    seq: 1,
    agentId: 'review',
    type: 'RoundOpened',
    round: 2,
    reason: 'A typo is left.',
    // Only the fields that the sentence uses.
  } as unknown as EventView;
  expect(describeEvent(event, names, 'cursor')).toEqual({
    text: 'round 2 begins: A typo is left.',
    tone: 'plain',
    isMinor: false,
  });
});

const failures = ['A', 'B', 'C', 'D'].map((name) => ({ name, failure: { message: 'Red' } }));

test.each([
  [
    { type: 'RoundReported', round: 2, failures: failures.slice(0, 1), feedback: ['Be brief'] },
    'round 2 did not succeed. A: Red. You said: Be brief.',
  ],
  [
    { type: 'RoundReported', round: 1, failures, feedback: [] },
    'round 1 did not succeed. A: Red. B: Red. C: Red. And 1 more.',
  ],
  [
    { type: 'EnhancementEnded', round: 1, cause: 'no-useful-edit', reason: 'No agent "x"' },
    'Loop & Enhance: Ended because the planner proposed no useful edit. No agent "x".',
  ],
  [
    { type: 'EnhancementEnded', round: 1, cause: 'converged' },
    'Loop & Enhance: Converged: nothing is left to improve.',
  ],
  [
    { type: 'FollowUpIntended', agentId: 'loop-and-enhance', purpose: 'handoff-repair' },
    'asked to correct its edits, which cannot be used',
  ],
])('describes events between rounds: %j', (fields, text) => {
  // Only the fields that the sentence uses.
  const event = { seq: 1, ...fields } as unknown as EventView;
  expect(describeEvent(event, names, 'cursor')?.text).toBe(text);
});
