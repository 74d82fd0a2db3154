import { expect, test } from 'vitest';
import {
  frame,
  item,
  sampleAgent,
  sampleConnection,
  sampleEvent,
  sampleRound,
  sampleSession,
} from '../../../testing/sample-session.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { paint } from '../terminal/lines.ts';
import { Transcript } from './transcript.ts';

const agents = [sampleAgent({ name: 'Backend' }), sampleAgent({ name: 'Planner' })];

/** Without the time, which depends on the machine's time zone. */
function read(
  events: readonly EventView[],
  {
    transitionsOnly = false,
    ...known
  }: { readonly transitionsOnly?: boolean } & Partial<SessionDetail> = {},
): string[] {
  const transcript = new Transcript({
    unicode: true,
    session: () => sampleSession({ agents, ...known }),
    transitionsOnly,
  });
  const lines = [...events.flatMap((event) => transcript.push(event)), ...transcript.flush()];
  return lines.map((line) => paint(line, { color: false, unicode: true }).slice(10));
}

test('joins the text of an agent from its pieces, line by line', () => {
  const pieces = ['I look', ' at the ', 'cart.\nThen I', ' mend it.'];
  expect(read(pieces.map((text) => item('text', { text })))).toEqual([
    'Backend  I look at the cart.',
    'Backend  Then I mend it.',
  ]);
});

const named = (itemId: string, text: string) => ({ ...item('text', { text }), itemId });
const retracted = (...itemIds: string[]) => item('retracted', { itemIds });

test('shows repeated text once, and marks the repetition of lines that are already printed', () => {
  expect(read([named('1', 'Half'), retracted('1'), named('2', 'Half and all.')])).toEqual([
    'Backend  Half and all.',
  ]);
  expect(
    read([named('1', 'A line.\nHalf'), retracted('1'), named('2', 'A line.\nHalf and all.')]),
  ).toEqual([
    'Backend  A line.',
    'Backend  The last text was cut off; it is repeated.',
    'Backend  A line.',
    'Backend  Half and all.',
  ]);
});

test('separates the text of agents that write at the same time', () => {
  const events = [
    item('text', { text: 'one ' }),
    item('text', { text: 'two ' }, 'planner'),
    item('text', { text: 'three' }),
    item('text', { text: 'four' }, 'planner'),
  ];
  expect(read(events)).toEqual(['Backend  one three', 'Planner  two four']);
});

test('shows a tool call once with its main argument, then its outcome', () => {
  const call = { callId: 'c1', name: 'run_terminal_cmd' };
  const events = [
    item('tool-call', { ...call, status: 'running' }),
    item('tool-call', { ...call, status: 'running', args: { command: 'npm test\n-- cart' } }),
    item('tool-call', { ...call, status: 'running', args: { command: 'npm test\n-- cart' } }),
    item('tool-call', { ...call, status: 'completed', result: { success: { exitCode: 1 } } }),
  ];
  expect(read(events)).toEqual([
    'Backend  ▸ shell npm test -- cart',
    'Backend  ▸ shell → failed: exit code 1',
  ]);
});

test('a call whose start is missing is still shown with its argument', () => {
  const done = {
    callId: 'c2',
    name: 'edit_file',
    status: 'completed',
    args: { path: '/workspace/src/cart.ts' },
    result: { success: { linesAdded: 3, linesRemoved: 1 } },
  };
  expect(read([item('tool-call', done)])).toEqual(['Backend  ▸ edit src/cart.ts → +3 -1']);
});

test('shows frames of an older journal once, without their twins', () => {
  const events = [
    frame('assistant', { text: 'once' }),
    frame('interaction_update', { type: 'text-delta', text: 'once' }),
    frame('heartbeat', {}),
  ];
  expect(read(events)).toEqual(['Backend  once']);
});

test('describes the life of an attempt in sentences', () => {
  const events = [
    sampleEvent('LaunchIntended', { attempt: 2 }),
    sampleEvent('LaunchUncertain', { failure: { message: 'There was no answer.' } }),
    sampleEvent('Launched', { adopted: true, cursorAgentId: 'bc-1' }),
    sampleEvent('StreamGap', { detail: 'the stream had expired' }),
    sampleEvent('AgentSettled', {
      outcome: 'failed',
      cause: { message: 'GitHub is not connected', suggestion: 'Connect it.' },
    }),
  ];
  expect(read(events)).toEqual([
    'Backend  launching, attempt 2',
    'Backend  may or may not have been launched; asking again: There was no answer.',
    'Backend  found on Cursor after a lost response (bc-1)',
    'Backend  output may be missing here: the stream had expired',
    'Backend  failed: GitHub is not connected. Connect it.',
  ]);
});

test('counts attempts within each round, and names loops as the app does', () => {
  const events = [
    sampleEvent('LaunchIntended', { round: 1, attempt: 1 }),
    sampleEvent('RoundOpened', { connectionId: 'again', round: 2, reason: 'A typo is left.' }),
    sampleEvent('LaunchIntended', { round: 2, attempt: 2 }),
    sampleEvent('LaunchIntended', { round: 2, attempt: 3 }),
    sampleEvent('LoopEnded', { connectionId: 'again', round: 2, cause: 'condition-met' }),
  ];
  const again = { agentId: 'backend', rounds: 3 };
  const rounds = [
    sampleRound({ ...again, number: 1, round: 1, attempt: 1, attempts: 1 }),
    sampleRound({ ...again, number: 2, round: 2, attempt: 3, attempts: 2 }),
  ];
  const connections = [sampleConnection({ id: 'again', source: 'backend', target: 'planner' })];
  expect(read(events, { rounds, connections })).toEqual([
    'Backend  launching, round 1 of 3',
    'Backend  round 2 begins: A typo is left.',
    'Backend  launching, round 2 of 3',
    'Backend  launching, round 2 of 3, attempt 2',
    'Backend  the loop Backend → Planner ended after round 2: its exit condition was met',
  ]);
});

test('while watching, text and minor events are omitted', () => {
  const events = [
    item('text', { text: 'hello' }),
    sampleEvent('RunObserved', { status: 'RUNNING' }),
    sampleEvent('AgentSettled', { outcome: 'completed' }),
  ];
  expect(read(events, { transitionsOnly: true })).toEqual(['Backend  completed']);
});

test('while watching, a launch that is deferred repeatedly is reported once', () => {
  const tries = [1, 2, 3].map(() => sampleEvent('LaunchDeferred', { reason: 'offline' }));
  const launched = sampleEvent('Launched', { threadId: 'bc-1' });
  expect(read([...tries, launched, ...tries], { transitionsOnly: true })).toEqual([
    'Backend  waits for the network',
    'Backend  running (bc-1)',
    'Backend  waits for the network',
  ]);
});

test('prints pending text before events that follow it', () => {
  const events = [
    item('text', { text: 'the last word' }),
    item('text', { text: 'of the other' }, 'planner'),
    sampleEvent('RunEnded', { outcome: 'finished' }),
    { ...sampleEvent('SessionEnded', { outcome: 'finished' }), agentId: null },
  ];
  expect(read(events).map((line) => line.trim())).toEqual([
    'Backend  the last word',
    'Backend  finished on Cursor',
    'Planner  of the other',
    'session finished',
  ]);
});

test('a minor event does not split a text', () => {
  const events = [
    item('text', { text: 'one ' }),
    sampleEvent('RunObserved', { status: 'RUNNING' }),
    item('text', { text: 'sentence' }),
  ];
  expect(read(events).at(-1)).toBe('Backend  one sentence');
});

test.each(['step-completed', 'step-started', 'turn-ended', 'user-message-appended'])(
  'two messages with %s between them are two lines',
  (type) => {
    const events = [
      item('text', { text: 'One message.' }),
      frame('interaction_update', { type }),
      item('text', { text: 'Another.' }),
    ];
    expect(read(events)).toEqual(['Backend  One message.', 'Backend  Another.']);
  },
);

test('the messages of two runs are two lines', () => {
  const events = [
    { ...item('text', { text: 'One run.' }), cursorRunId: 'run-1' },
    { ...item('text', { text: 'Another.' }), cursorRunId: 'run-2' },
  ];
  expect(read(events)).toEqual(['Backend  One run.', 'Backend  Another.']);
});

test('a boundary item also separates two messages', () => {
  const events = [
    item('text', { text: 'One message.' }),
    item('boundary', { type: 'step-completed' }),
    item('text', { text: 'Another.' }),
  ];
  expect(read(events)).toEqual(['Backend  One message.', 'Backend  Another.']);
});

test('invalid items and frames do not cause errors', () => {
  const odd = [
    null,
    7,
    'text',
    [],
    { text: 5 },
    { name: {} },
    { name: 'x', args: null, result: 'y' },
  ];
  const events = odd.flatMap((data) => [
    sampleEvent('TranscriptItem', { item: data }),
    frame('assistant', data),
    frame('tool_call', data),
    frame('error', data),
  ]);
  expect(() => read(events)).not.toThrow();
});

test('does not report a launch as uncertain while waiting for the response', () => {
  const uncertain = (code: string) =>
    sampleEvent('LaunchUncertain', {
      agentId: 'backend',
      failure: { code, message: 'No answer.' },
    });
  expect(read([uncertain('launch_in_flight')])).toEqual([
    'Backend  sent, waiting for the response',
  ]);
  expect(read([uncertain('unreachable')])[0]).toContain('may or may not have been launched');
});

test('never names Cursor in a session on the rehearsal cloud', () => {
  const failure = { code: 'x', message: 'Cursor said no.', suggestion: 'Look on Cursor.' };
  const outcomes = ['finished', 'error', 'cancelled', 'expired', 'silent', 'gone', 'unheard of'];
  const reasons = ['concurrency', 'rate_limited', 'usage_limit', 'retry', 'credentials', 'offline'];
  const events = [
    ...outcomes.map((outcome) => sampleEvent('RunEnded', { outcome, failure })),
    ...reasons.map((reason) => sampleEvent('LaunchDeferred', { reason, failure })),
    sampleEvent('Launched', { adopted: true, cursorAgentId: 'bc-1' }),
    sampleEvent('LaunchUncertain', { failure }),
    sampleEvent('LaunchRejected', { failure }),
    sampleEvent('RunObserved', { status: 'RUNNING' }),
    sampleEvent('ConnectionChanged', { connection: 'unknown', reason: 'Cursor is away.' }),
    sampleEvent('StreamGap', { detail: "Cursor no longer keeps this run's stream." }),
    sampleEvent('FollowUpRejected', { failure }),
    sampleEvent('AgentSettled', { outcome: 'failed', cause: failure }),
    sampleEvent('ArtifactsReported', { state: 'unavailable', artifacts: [], failure }),
    sampleEvent('CancelUnconfirmed', { failure }),
    item('notice', { level: 'warning', text: "Cursor's stream reported: no" }),
  ];
  const sentences = read(events, { backend: 'rehearsal' });
  expect(sentences).toHaveLength(events.length);
  expect(sentences.filter((words) => words.includes('Cursor'))).toEqual([]);
  expect(sentences[1]).toContain(
    'ended with an error on the rehearsal cloud: the rehearsal cloud said no.',
  );
  expect(read(events).filter((words) => words.includes('rehearsal'))).toEqual([]);
  // The text of an agent is not changed.
  const speech = item('text', { text: 'Cursor rules are in place.' });
  expect(read([speech], { backend: 'rehearsal' })).toEqual(['Backend  Cursor rules are in place.']);
});
