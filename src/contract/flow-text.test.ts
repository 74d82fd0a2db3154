import { describe, expect, test } from 'vitest';
import { sampleAgent, sampleConnection } from '../../testing/sample-session.ts';
import { connectionName, flowEventText, isFlowEvent, loopName, loopText } from './flow-text.ts';
import type { LoopView } from './flow-views.ts';

const loop = (change: Partial<LoopView>): LoopView => ({
  id: 'again',
  agentIds: ['write', 'review'],
  round: 2,
  mostRounds: 4,
  state: 'running',
  cause: null,
  reason: null,
  ...change,
});

describe('a loop', () => {
  test('says which round it is in', () => {
    expect(loopText(loop({}))).toBe('round 2 of 4');
  });

  test.each([
    ['condition-met', 'its exit condition was met'],
    ['most-rounds', 'the maximum number of rounds was reached'],
    ['cancelled', 'it was cancelled'],
    ['failed', 'an agent did not succeed'],
    ['rejected', 'work was rejected'],
    ['not-reached', 'its last agent was not reached'],
  ] as const)('says that it ended: %s', (cause, words) => {
    expect(loopText(loop({ state: 'ended', cause, reason: 'So it is.' }))).toBe(
      `ended after round 2 of 4: ${words} (So it is.)`,
    );
  });

  test('is named after its agents, with its label', () => {
    const session = {
      agents: [
        sampleAgent({ id: 'write', name: 'Writer' }),
        sampleAgent({ id: 'review', name: 'Reviewer' }),
      ],
      connections: [
        sampleConnection({ id: 'again', source: 'review', target: 'write' }),
        sampleConnection({ id: 'better', source: 'review', target: 'write', label: 'Until good' }),
      ],
    };
    expect(loopName({ id: 'better' }, session, '→')).toBe('Reviewer → Writer (Until good)');
    expect(loopName({ id: 'again' }, session, '→')).toBe('Reviewer → Writer');
    expect(loopName({ id: 'loop:write' }, session, '→')).toBe('Writer by itself');
  });
});

describe('a connection', () => {
  const session = {
    agents: [
      sampleAgent({ id: 'sort', name: 'Sorter' }),
      sampleAgent({ id: 'fix', name: 'Fixer' }),
    ],
    connections: [
      sampleConnection({ id: 'c1', source: 'sort', target: 'fix', label: 'It is a bug' }),
      sampleConnection({ id: 'c2', source: 'fix', target: 'sort' }),
    ],
  };

  test('is called by its label, otherwise after its agents, and by its id once it is gone', () => {
    expect(connectionName('c1', session, '→')).toBe('"It is a bug"');
    expect(connectionName('c2', session, '->')).toBe('Fixer -> Sorter');
    expect(connectionName('c3', session, '→')).toBe('"c3"');
  });
});

test.each([
  [
    { type: 'ConnectionDecided', connectionId: 'bug', holds: true, by: 'agent', reason: 'It is.' },
    'the condition of "bug" holds: It is.',
  ],
  [
    { type: 'ConnectionDecided', connectionId: 'rest', holds: true, by: 'else' },
    'no condition holds, so "rest" is taken',
  ],
  [
    { type: 'ConnectionDecided', connectionId: 'loop:a', holds: false, by: 'person' },
    'a person decided that its exit condition does not hold',
  ],
  [
    { type: 'GateAnswered', connectionId: 'gate', answer: 'reject', note: 'Not now.' },
    'its work was rejected: Not now.',
  ],
  [{ type: 'GateOpened' }, 'its plan waits for approval'],
  [
    { type: 'GateAnswered', answer: 'approve', plan: { proposed: 'a', edited: 'b' }, note: 'Go.' },
    'its plan was edited and approved: Go.',
  ],
  [
    { type: 'RoundOpened', connectionId: 'again', round: 3, reason: 'A typo is left.' },
    'round 3 begins: A typo is left.',
  ],
  [
    { type: 'LoopEnded', connectionId: 'again', round: 3, cause: 'most-rounds' },
    'the loop "again" ended after round 3: the maximum number of rounds was reached',
  ],
  [
    {
      type: 'ConnectionDecided',
      connectionId: 'verdict:check',
      holds: false,
      reason: 'Red.',
      by: 'agent',
    },
    'says that the work is not right yet: Red.',
  ],
  [
    { type: 'ConnectionDecided', connectionId: 'verdict:check', holds: true, by: 'person' },
    'a person decided that the work is right',
  ],
  [
    { type: 'DecisionUnclear', connectionId: 'verdict:check', reason: 'it is missing' },
    'could not say whether the work is right, so you decide: it is missing',
  ],
])('tells what was decided: %j', (event, words) => {
  expect(flowEventText(event, (id) => `"${id}"`)?.text).toBe(words);
  expect(isFlowEvent(event)).toBe(true);
});

test('says nothing about other events', () => {
  expect(flowEventText({ type: 'Launched' }, (id) => id)).toBeNull();
  expect(isFlowEvent({ type: 'Launched' })).toBe(false);
});
