import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import {
  busySession,
  item,
  sampleAgent,
  sampleConnection,
  sampleEnhance,
  sampleNow,
  sampleSession,
  sampleWorkflowRound,
} from '../../../testing/sample-session.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { widthOf } from '../terminal/text.ts';
import { emptyLiveState, foldActivity, type LiveState } from './live.ts';
import { renderTree } from './tree.ts';
import type { TreeOptions } from './tree-options.ts';

const plain: TreeOptions = { now: sampleNow, width: 80, color: false, unicode: true };

const atWork = (): LiveState => ({
  ...emptyLiveState,
  activity: [
    item('tool-call', {
      callId: 'c1',
      name: 'run_terminal_cmd',
      status: 'running',
      args: { command: 'npm test' },
    }),
    item('text', { text: 'Tests run.\nThe cart is ' }),
    item('text', { text: 'green' }),
  ].reduce(foldActivity, emptyLiveState.activity),
});

test('shows every wave with its agents, their activity, results and what they wait for', () => {
  const rows = renderTree(busySession(), atWork(), { ...plain, footer: 'Ctrl-C detaches' });
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "Ship the checkout  3f9a1c2e
      running · 5m 00s · cloud · 1/4 settled
      Wave 1
      ✓ Planner   completed     1m 02s
        ⎇ cursor/plan-1a2b
      Wave 2
      ⠋ Backend   running       2m 00s
        ▸ shell npm test  1m 00s
        │ The cart is green
      ↻ Frontend  reconnecting  2m 00s
        The stream broke (last update: Cursor, 12 s ago)
      Wave 3
      ○ Reviewer  waiting               for Backend and Frontend

      Ctrl-C detaches"
  `);
});

test('uses only ASCII if the terminal supports nothing else', () => {
  const rows = renderTree(busySession(), atWork(), { ...plain, unicode: false });
  expect(rows.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
  expect(rows.join('\n')).toContain('reconnecting');
});

test('no row is wider than the terminal, from 20 to 200 columns, wide characters included', () => {
  const view = sampleSession({
    agents: [
      sampleAgent({
        name: '設計者と実装者と確認者のための長い名前',
        statusDetail: '待っています'.repeat(20),
      }),
      sampleAgent({
        name: 'Emoji 👩‍👩‍👧‍👦 family',
        status: 'unknown',
        statusDetail: 'x'.repeat(300),
      }),
    ],
  });
  for (let width = 20; width <= 200; width += 1) {
    for (const unicode of [true, false]) {
      const rows = renderTree(view, atWork(), { ...plain, width, unicode });
      for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(width);
    }
  }
});

test('keeps status and time readable at 40 columns', () => {
  const rows = renderTree(busySession(), atWork(), { ...plain, width: 40 });
  expect(rows.find((row) => row.includes('Frontend'))).toMatch(/reconnecting +2m 00s$/);
});

test('shows where each agent runs if the session is both local and in the cloud', () => {
  const agents = [
    sampleAgent({ name: 'Planner', runtime: 'cursor-local' }),
    sampleAgent({ name: 'Builder', status: 'waiting', statusDetail: 'Waits.' }),
  ];
  const rows = renderTree(sampleSession({ mode: 'local', agents }), emptyLiveState, plain);
  expect(rows[1]).toContain('local and cloud');
  expect(rows.find((row) => row.includes('Planner'))).toMatch(/2m 00s {2}local/);
  expect(rows.find((row) => row.includes('Builder'))).toMatch(/waiting .*cloud {2}Waits\.$/);
  const same = renderTree(
    sampleSession({ agents: [sampleAgent({ name: 'B' })] }),
    emptyLiveState,
    plain,
  );
  expect(same.find((row) => row.includes('B '))).not.toContain('cloud');
});

test('on low screens, omits details before agents, and agents before waves', () => {
  const heights = [20, 13, 10, 8].map((height) =>
    renderTree(busySession(), atWork(), { ...plain, height }),
  );
  for (const [index, height] of [20, 13, 10, 8].entries()) {
    expect(heights[index]?.length).toBeLessThanOrEqual(height);
  }
  const lowest = heights.at(-1)?.join('\n') ?? '';
  expect(lowest).toContain('Wave 1  ✓ 1 completed');
  expect(lowest).not.toContain('npm test');
});

test('shows the limit that a queued agent waits for, without elapsed time for it or its session', () => {
  const limit = '8 cloud agents are at work, which is the limit.';
  const view = sampleSession({
    isQueued: true,
    // Its first attempt failed; the second waits for a place.
    agents: [sampleAgent({ name: 'Planner', status: 'queued', statusDetail: limit })],
  });
  const rows = renderTree(view, emptyLiveState, plain);
  expect(rows[1]).toContain('queued');
  expect(rows.join('\n')).toContain('8 cloud agents are at work');
  expect(rows.join('\n')).not.toMatch(/\dm \d\ds/);
  const busy = { ...view, isQueued: false, agents: [sampleAgent({ name: 'Planner' })] };
  expect(renderTree(busy, emptyLiveState, plain).join('\n')).toMatch(/\dm \d\ds/);
});

test('shows that the daemon does not respond, and after a while how to start it', () => {
  const soon = renderTree(
    busySession(),
    { ...emptyLiveState, unreachableSince: sampleNow - 3_000 },
    plain,
  );
  expect(soon.join('\n')).toContain('The daemon does not respond; reconnecting (3s)');
  const later = renderTree(
    busySession(),
    { ...emptyLiveState, unreachableSince: sampleNow - 60_000 },
    plain,
  );
  expect(later.join('\n')).toContain('Start it with: cerevisor start');
});

test('marks a rehearsal, and shows first what the user has to do', () => {
  const view = sampleSession({
    backend: 'rehearsal',
    status: 'waiting',
    needsYou: {
      code: 'unauthorized',
      message: 'Cursor rejected the API key.',
      suggestion: 'Set a valid one.',
    },
  });
  const [, head, need] = renderTree(view, emptyLiveState, plain);
  expect(head).toContain('needs you');
  expect(head).toContain('Rehearsal');
  expect(need).toBe('  ! Cursor rejected the API key. Set a valid one.');
});

test('no text from an agent, a file name or Cursor reaches the terminal as an escape sequence', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\u202Etxt.exe\u009b31m\r\n\u0000bell\u0007';
  const view = sampleSession({
    workflow: { id: 'w', name: evil, path: null },
    agents: [
      sampleAgent({
        name: evil,
        id: 'backend',
        status: 'failed',
        error: { code: 'x', message: evil, suggestion: evil },
        branches: [{ repoUrl: evil, branch: evil, prUrl: evil }],
      }),
      sampleAgent({ name: 'Other', statusDetail: evil }),
    ],
  });
  const live: LiveState = {
    ...emptyLiveState,
    activity: foldActivity(new Map(), item('text', { text: evil }, 'other')),
  };
  const text = renderTree(view, live, plain).join('');
  expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
});

test('color carries no information that the text lacks', () => {
  const colored = renderTree(busySession(), atWork(), { ...plain, color: true }).join('\n');
  const bare = renderTree(busySession(), atWork(), plain).join('\n');
  expect(colored).toContain('\u001b[');
  expect(stripVTControlCharacters(colored)).toBe(bare);
});

test('shows the round of each loop, why it ended, and the outcome of each branch', () => {
  const loop = {
    id: 'again',
    agentIds: ['writer', 'reviewer'],
    round: 2,
    mostRounds: 4,
    state: 'running' as const,
    cause: null,
    reason: null,
  };
  const view = sampleSession({
    waveCount: 3,
    agents: [
      sampleAgent({ name: 'Writer', round: 2, rounds: 4, attempt: 2 }),
      sampleAgent({
        name: 'Reviewer',
        wave: 2,
        round: 2,
        rounds: 4,
        attempt: 1,
        status: 'waiting',
        startedAt: null,
      }),
      sampleAgent({ name: 'Fixer', wave: 3, attempt: 0, status: 'waiting', startedAt: null }),
    ],
    connections: [
      sampleConnection({ id: 'c1', source: 'writer', target: 'reviewer' }),
      sampleConnection({ id: 'again', source: 'reviewer', target: 'writer', flowType: 'loop' }),
      sampleConnection({
        id: 'bug',
        source: 'reviewer',
        target: 'fixer',
        flowType: 'conditional',
        label: 'bug',
        reason: 'Waits for the end of the loop.',
      }),
    ],
    loops: [loop],
  });
  const rows = (loops: SessionDetail['loops']) =>
    renderTree({ ...view, loops }, emptyLiveState, { ...plain, width: 100 }).join('\n');
  expect(rows([loop])).toMatchInlineSnapshot(`
    "Ship the checkout  3f9a1c2e
      running · 5m 00s · cloud · 0/3 settled
      Wave 1
      ⠋ Writer    running       2m 00s  round 2 of 4
      Wave 2
      ○ Reviewer  waiting               round 2 of 4, for Writer
      Wave 3
      ○ Fixer     waiting               for Reviewer

      Loop  Reviewer → Writer  round 2 of 4
      If    Reviewer → Fixer (bug)  waiting  Waits for the end of the loop."
  `);
  const ended = { ...loop, state: 'ended' as const, cause: 'most-rounds' as const, round: 4 };
  expect(rows([ended])).toContain(
    'ended after round 4 of 4: the maximum number of rounds was reached',
  );
});

const enhanced = sampleEnhance({
  round: 2,
  rounds: [
    sampleWorkflowRound({ failures: { Verifier: 'The totals are wrong.' } }),
    sampleWorkflowRound({ number: 2 }),
  ],
});

test('shows the failures of the last round while the next one is running', () => {
  const view = sampleSession({ agents: [sampleAgent({ name: 'Verifier' })], enhance: enhanced });
  const rows = renderTree(view, emptyLiveState, plain);
  expect(rows).toContain('  Loop & Enhance: The agents are at work.');
  expect(rows).toContain('  Failure in round 1: Verifier: The totals are wrong.');
  const low = renderTree(view, emptyLiveState, { ...plain, height: 6 });
  expect(low.join('\n')).toContain('Loop & Enhance: The agents are at work.');
});

test('shows why the rounds ended, in a limited number of rows', () => {
  const reason = `No agent "x". ${'And more. '.repeat(100)}`;
  const enhance = { ...enhanced, state: 'ended', cause: 'no-useful-edit', reason } as const;
  const view = sampleSession({ agents: [sampleAgent({ name: 'Verifier' })], enhance });
  const rows = renderTree(view, emptyLiveState, plain).filter((row) => /useful|And more/.test(row));
  expect(rows[0]).toContain('Ended because the planner proposed no useful edit. No agent');
  expect(rows).toHaveLength(4);
  expect(rows[3]).toMatch(/\.\.\.$/);
});
