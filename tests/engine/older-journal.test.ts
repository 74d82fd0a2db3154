import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { sessionProjection } from '../../src/engine/projection.ts';
import { requireSession } from '../../src/engine/require-session.ts';
import { systemClock, systemIds } from '../../src/engine/system.ts';
import { journalFiles } from '../../src/journal/files.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Journal } from '../../src/journal/types.ts';
import { cursorCloudCapabilities } from '../../src/runtimes/cursor-cloud/capabilities.ts';
import type { Runtime } from '../../src/runtimes/port.ts';
import { createRegistry } from '../../src/runtimes/registry.ts';
import type { TurnRecord } from '../../src/runtimes/turn-records.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { latestAttempt } from '../../src/session/select.ts';
import type { SessionState } from '../../src/session/state.ts';
import { agentStatus, sessionStatus } from '../../src/session/status/session-status.ts';
import { itemOfEvent } from '../../src/transcript/event-item.ts';
import { agentNamed, isOver, silentLog } from '../../testing/engine-world.ts';
import { directChecker } from '../../testing/handoff-checker.ts';
import { testMachine } from '../../testing/local-machine.ts';
import { removeFolder } from '../../testing/remove-folder.ts';

type Shown = {
  readonly id: SessionId;
  readonly status: string;
  readonly endedAt: string | null;
  readonly events: number;
};

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url);
const readJson = (name: string): unknown => JSON.parse(readFileSync(fixture(name), 'utf8'));

/**
 * Real journals of earlier versions, each with one session that was going on, and what the version showed of them:
 * 0.1.0, which kept frames; and the last one whose events spoke of Cursor agents and Cursor runs, with packed
 * transcripts, a repaired hand-off and a follow-up.
 */
const journals = [
  { name: 'journal-0.1.0', nowMs: 1_795_650_100_000 },
  { name: 'journal-event-version-1', nowMs: 1_795_663_900_000 },
];

let home: string;
let journal: Journal;
let shown: readonly Shown[];
/** An hour after the last event. */
let now: () => number;
const stateOf = (id: SessionId) => requireSession(journal, id);

function openOlder({ name, nowMs }: (typeof journals)[number]): void {
  shown = readJson(`${name}.sessions.json`) as readonly Shown[]; // As the test that made it wrote it.
  now = () => nowMs + Math.floor(performance.now());
  copyFileSync(fixture(`${name}.db`), journalFiles(home).database);
  const opened = openJournal({ home, projection: sessionProjection, now });
  if (!opened.ok) throw new Error(opened.failure.message);
  journal = opened.journal;
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cerevisor-older-'));
});
afterEach(() => {
  journal.close();
  removeFolder(home);
});

test.each(journals)('$name opens and shows the same sessions, agents and events', (older) => {
  openOlder(older);
  for (const session of shown) {
    const state = stateOf(session.id);
    const { phase } = state;
    expect(session).toMatchObject({
      status: sessionStatus(state),
      name: state.workflow.name,
      endedAt: phase.kind === 'ended' ? new Date(phase.at).toISOString() : null,
      events: journal.sessionEvents(session.id, { limit: 100_000 }).length,
      agents: state.agents.map((agent) => ({
        id: agent.id,
        status: agentStatus(state, agent),
        cursorAgentId: latestAttempt(agent)?.threadId ?? null,
      })),
    });
  }
  expect(journal.quarantine()).toEqual([]);
});

test.each(journals)(
  '$name: the session that was going on continues, and what was read before is not read twice',
  async (older) => {
    openOlder(older);
    const going = shown.find(({ status }) => status === 'running');
    if (going === undefined) throw new Error('The fixture has no session that goes on');
    const before = stateOf(going.id);
    const run = agentNamed(before, 'sleeper').attempts[0]?.turns[0];
    const engine = createEngine({
      journal,
      ...createRegistry({ 'cursor-cloud': () => cloudThatKnows(before) }),
      clock: { ...systemClock, now },
      random: Math.random,
      ids: systemIds(journal),
      machine: testMachine(),
      lookUpCommits: async () => new Map(),
      handoffs: directChecker,
      fetchArtifacts: async () => ({ artifacts: [], earlier: [] }),
      readVariables: () => ({ values: {}, missing: [] }),
      pushBranch: async () => ({ ok: true }),
      maxLiveLocalAttempts: () => 4,
      maxLiveCloudAttempts: () => 8,
      resumeOnLaunch: () => 'automatically',
      mayStartCloudRuns: () => ({ ok: true }),
      log: silentLog,
    });
    await engine.bootstrapCloudResume();
    await expect.poll(() => isOver(stateOf(going.id))).toBe(true);
    await engine.stop();
    const after = stateOf(going.id);
    expect(after.phase).toMatchObject({ outcome: 'finished' });
    expect(agentNamed(after, 'sleeper').attempts).toHaveLength(1);
    expect(agentNamed(after, 'after').attempts).toHaveLength(1);
    const said = journal
      .sessionEvents(going.id, { limit: 10_000 })
      .flatMap(({ event }) =>
        'turnId' in event && event.turnId === run?.id ? (itemOfEvent(event) ?? []) : [],
      )
      .flatMap((item) => (item.kind === 'text' ? item.text : []));
    expect(said.join('')).toBe('begin and end');
  },
);

/** A cloud that has the fixture's agents: the one that was at work has ended meanwhile, and further ones end at once. */
function cloudThatKnows(state: SessionState): Runtime {
  const record = (threadId: string, turnId: string): TurnRecord => ({
    threadId,
    turnId,
    status: 'FINISHED',
    result: 'begin and end',
    branches: [],
  });
  const ok = <Value>(value: Value) => ({ ok: true, value }) as const;
  return {
    id: 'cursor-cloud',
    capabilities: cursorCloudCapabilities,
    backend: state.backend,
    launch: async ({ threadId }) => ({
      kind: 'launched',
      turn: record(threadId, 'run-next'),
      adopted: false,
    }),
    followUp: async () => ({ kind: 'rejected', error: { code: 'archived', message: 'No.' } }),
    readThread: async (threadId) => ok({ threadId, metadata: {}, archived: false }),
    readTurn: async (threadId, turnId) => ok(record(threadId, turnId)),
    reconnect: async (threadId, turnId) => ok(record(threadId, turnId)),
    async follow({ threadId, turnId, cursor }, observer) {
      // The earlier version had stored this one, and it comes again.
      const [stored] = journal
        .sessionEvents(state.id, { limit: 100, types: ['StreamEvent', 'TranscriptItem'] })
        .flatMap(({ event }) => (itemOfEvent(event)?.kind === 'text' ? event : []));
      const id = stored?.type === 'TranscriptItem' ? stored.itemId : undefined;
      const frameId = stored?.type === 'StreamEvent' ? stored.eventId : undefined;
      const isKnown = turnId !== 'run-next' && cursor !== undefined;
      observer.onItems({
        items: [
          ...(isKnown ? [{ kind: 'text', id: id ?? frameId ?? '', dataText: '{}' } as const] : []),
          { kind: 'text', id: '1795646999999-0', dataText: '{"text":" and end"}' },
        ],
        cursor: '1795646999999-0',
      });
      observer.onFact({ record: record(threadId, turnId), source: 'stream' });
      return { kind: 'complete' };
    },
    cancel: async () => ok(undefined),
    listArtifacts: async () => ok([]),
    artifactLink: async () => ok(''),
    usage: async () =>
      ok({
        inputTokens: 0,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        totalTokens: 0,
        chargedCents: 0,
      }),
    listOwnThreads: async () => ok([]),
    account: async () => ok({ keyName: 'test', identity: state.accountId ?? '' }),
    models: async () => ok([]),
    repositories: async () => ok({ urls: [], refreshedAt: 0 }),
    wake: () => undefined,
    close: async () => undefined,
  };
}
