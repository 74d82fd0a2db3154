import { expect, test } from 'vitest';
import {
  sampleAgent,
  sampleConnection,
  sampleRound,
  sampleSession,
} from '../../../testing/sample-session.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { paint } from '../terminal/lines.ts';
import { sessionCard } from './session-card.ts';

const textOf = (view: SessionDetail): string =>
  sessionCard(view, { now: Date.parse('2026-05-18T12:10:00Z'), unicode: true })
    .map((each) => paint(each, { color: false, unicode: true }))
    .join('\n');

test.each([
  ['x', '1 character'],
  ['', '0 characters'],
  ['done', '4 characters'],
])('shows the length of the hand-off %j', (content, size) => {
  const planner = sampleAgent({ name: 'Planner', status: 'completed' });
  const builder = sampleAgent({ name: 'Builder', wave: 2 });
  const handoff = {
    connectionId: 'c1',
    sourceAgentId: planner.id,
    targetAgentId: builder.id,
    format: 'summary',
    content,
    artifacts: [],
    outputFiles: [],
    branches: [],
  };
  const view = sampleSession({ agents: [planner, builder], handoffs: [handoff] });
  expect(textOf(view)).toMatch(new RegExp(`summary to Builder, ${size}$`, 'm'));
});

test('shows the folder and thread of a local agent, and omits what only the cloud has', () => {
  const builder = sampleAgent({
    name: 'Builder',
    runtime: 'cursor-local',
    threadId: 'agent-1',
    folder: '/home/me/.cerevisor/worktrees/3f9a1c2e/builder-1',
  });
  const view = sampleSession({
    mode: 'local',
    folder: '/home/me/shop',
    repositories: [{ url: 'https://github.com/acme/shop' }],
    agents: [builder],
  });
  const text = textOf(view);
  expect(text).toMatch(/^Folder +\/home\/me\/shop$/m);
  expect(text).toMatch(/^ +Thread +agent-1$/m);
  expect(text).toMatch(/^ +Works in +\/home\/me\/\.cerevisor\/worktrees/m);
  expect(text).not.toMatch(/^(Repository|Auto PR|Artifacts)/m);
  const mixed = { ...view, agents: [builder, sampleAgent({ name: 'Reviewer' })] };
  expect(textOf(mixed)).toMatch(/^Repository +https:\/\/github\.com\/acme\/shop$/m);
  expect(textOf(mixed)).toMatch(/^Mode +local and cloud/m);
  expect(textOf(mixed)).toMatch(
    /Builder[\s\S]+Runs +on this machine[\s\S]+Reviewer[\s\S]+Runs +in the cloud/,
  );
});

test('lists the outcome of every round of an agent, and of every branch', () => {
  const writer = sampleAgent({ name: 'Writer', status: 'completed', round: 2, rounds: 3 });
  const round = sampleRound({ agentId: writer.id, firstSeq: 2 });
  const view = sampleSession({
    agents: [writer, sampleAgent({ name: 'Publisher', wave: 2, status: 'skipped' })],
    connections: [
      sampleConnection({
        id: 'gate',
        source: 'writer',
        target: 'publisher',
        flowType: 'approval-gate',
        state: 'blocked',
        reason: 'The work of "Writer" was rejected: Not yet.',
      }),
    ],
    rounds: [
      round,
      {
        ...round,
        number: 2,
        round: 2,
        attempt: 3,
        attempts: 2,
        freshThread: 'The thread is archived.',
      },
    ],
  });
  const text = textOf(view);
  expect(text).toContain('Round 1/3    ✓ completed  1m 02s\n');
  expect(text).toContain(
    'Round 2/3    ✓ completed  1m 02s, 2 attempts, in a new conversation: The thread is archived.',
  );
  expect(text).toContain(
    'Gate  Writer → Publisher  blocked  The work of "Writer" was rejected: Not yet.',
  );
});

test.each([
  ['running', 'running for 10m 00s'],
  ['waiting', '10m 00s so far'],
  ['finished', '10m 00s long'],
] as const)('shows how long a session that is %s has worked', (status, words) => {
  const endedAt = status === 'finished' ? '2026-05-18T12:10:00Z' : null;
  const view = sampleSession({ status, endedAt, startedAt: '2026-05-18T12:00:00Z' });
  expect(textOf(view)).toMatch(new RegExp(`^Started .*, ${words}`, 'm'));
});

test('shows the work that waits for an answer', () => {
  const question = {
    id: 'gate#1',
    kind: 'gate',
    ...{ connectionId: 'c1', agentId: 'builder' },
    ...{ targetAgentId: null, attempt: 1, round: 1, prompt: null, reason: null },
    work: `Built it.\n${'More.\n'.repeat(30)}`,
    askedAt: '2026-05-18T12:00:00Z',
  } as const;
  const agents = [sampleAgent({ id: 'builder', name: 'Builder' })];
  const text = textOf(sampleSession({ agents, questions: [question] }));
  expect(text).toContain('Work of Builder, which waits for your answer\n  Built it.\n  More.');
  expect(text.split('\n').filter((each) => each === '  More.')).toHaveLength(19);
});

test('writes the command that answers a question as this shell can run it', () => {
  const needsYou = { code: 'approval', message: 'Answer with `cerevisor approve`.' };
  const [head] = sessionCard(sampleSession({ status: 'waiting', needsYou }), {
    now: Date.parse('2026-05-18T12:10:00Z'),
    unicode: true,
    advice: (text) => text.replace('cerevisor', 'npx cerevisor'),
  })
    .map((each) => paint(each, { color: false, unicode: true }))
    .filter((text) => text.startsWith('Needs you'));
  expect(head).toContain('Answer with `npx cerevisor approve`.');
});
