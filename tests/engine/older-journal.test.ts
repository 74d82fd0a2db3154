import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { knownSession } from '../../src/engine/known-session.ts';
import { sessionProjection } from '../../src/engine/projection.ts';
import { systemClock, systemIds } from '../../src/engine/system.ts';
import { journalFiles } from '../../src/journal/files.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Journal } from '../../src/journal/types.ts';
import type { CloudProvider, RunRecord } from '../../src/runtimes/port.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { latestAttempt } from '../../src/session/select.ts';
import type { SessionState } from '../../src/session/state.ts';
import { agentStatus, sessionStatus } from '../../src/session/status.ts';
import { itemOfEvent } from '../../src/transcript/event-item.ts';
import { agentNamed, isOver, silentLog } from '../../testing/engine-world.ts';
import { directChecker } from '../../testing/handoff.ts';

/** A real journal of version 0.1.0, with one session that was going on, and what 0.1.0 showed of it. */
const fixture = new URL('../fixtures/journal-0.1.0.db', import.meta.url);
const shown = JSON.parse(
  readFileSync(new URL('../fixtures/journal-0.1.0.sessions.json', import.meta.url), 'utf8'),
) as readonly {
  readonly id: SessionId;
  readonly status: string;
  readonly endedAt: string | null;
  readonly events: number;
}[];

let home: string;
let journal: Journal;
/** An hour after the last event. */
const now = () => 1_795_650_100_000 + Math.floor(performance.now());
const stateOf = (id: SessionId) => knownSession(journal, id);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cerevisor-older-'));
  copyFileSync(fixture, journalFiles(home).database);
  const opened = openJournal({ home, projection: sessionProjection, now });
  if (!opened.ok) throw new Error(opened.failure.message);
  journal = opened.journal;
});
afterEach(() => {
  journal.close();
  rmSync(home, { recursive: true, force: true });
});

test('a journal of 0.1.0 opens and shows the same sessions, agents and events', () => {
  const sessions = shown.map(({ id, status: _, ...rest }) => {
    const state = stateOf(id);
    const { phase } = state;
    return {
      id,
      status: sessionStatus(state),
      name: state.workflow.name,
      endedAt: phase.kind === 'ended' ? new Date(phase.at).toISOString() : null,
      events: journal.sessionEvents(id, { limit: 100_000 }).length,
      agents: state.agents.map((agent) => ({
        id: agent.id,
        status: agentStatus(state, agent),
        cursorAgentId: latestAttempt(agent)?.cursorAgentId ?? null,
      })),
      rest: Object.keys(rest).length,
    };
  });
  expect(sessions.map(({ rest: _, ...session }) => session)).toEqual(
    shown.map((session) => expect.objectContaining(session)),
  );
  expect(journal.quarantine()).toEqual([]);
});

test('the session that was going on goes on, and what was read before is not read twice', async () => {
  const going = shown.find(({ status }) => status === 'running');
  if (going === undefined) throw new Error('The fixture has no session that goes on');
  const before = stateOf(going.id);
  const run = agentNamed(before, 'sleeper').attempts[0]?.runs[0];
  const engine = createEngine({
    journal,
    provider: () => cloudThatKnows(before),
    clock: { ...systemClock, now },
    random: Math.random,
    ids: systemIds(journal),
    lookUpCommits: async () => new Map(),
    handoffs: directChecker,
    fetchArtifacts: async () => ({ artifacts: [], earlier: [] }),
    readVariables: () => ({ values: {}, missing: [] }),
    maxLiveCloudAttempts: () => 8,
    resumeOnLaunch: () => 'automatically',
    mayStartCloudRuns: () => ({ ok: true }),
    log: silentLog,
  });
  await engine.bootstrapCloudResume();
  await expect.poll(() => isOver(stateOf(going.id)), { timeout: 60_000 }).toBe(true);
  await engine.stop();
  const after = stateOf(going.id);
  expect(after.phase).toMatchObject({ outcome: 'finished' });
  expect(agentNamed(after, 'sleeper').attempts).toHaveLength(1);
  expect(agentNamed(after, 'after').attempts).toHaveLength(1);
  const said = journal
    .sessionEvents(going.id, { limit: 10_000 })
    .flatMap(({ event }) =>
      'cursorRunId' in event && event.cursorRunId === run?.id ? (itemOfEvent(event) ?? []) : [],
    )
    .flatMap((item) => (item.kind === 'text' ? item.text : []));
  expect(said.join('')).toBe('begin and end');
});

/** A cloud that has the fixture's agents: the one that was at work has ended meanwhile, and further ones end at once. */
function cloudThatKnows(state: SessionState): CloudProvider {
  const record = (agentId: string, runId: string): RunRecord => ({
    agentId,
    runId,
    status: 'FINISHED',
    result: 'begin and end',
    branches: [],
  });
  const ok = <Value>(value: Value) => ({ ok: true, value }) as const;
  return {
    backend: state.backend,
    launch: async ({ agentId }) => ({
      kind: 'launched',
      run: record(agentId ?? '', 'run-next'),
      adopted: false,
    }),
    followUp: async () => ({ kind: 'rejected', error: { code: 'archived', message: 'No.' } }),
    readAgent: async (agentId) => ok({ agentId, metadata: {}, archived: false }),
    readRun: async (agentId, runId) => ok(record(agentId, runId)),
    reconnect: async (agentId, runId) => ok(record(agentId, runId)),
    async follow({ agentId, runId, cursor }, observer) {
      // It stood before these, which the earlier version had read, and an older frame comes again.
      const again = { kind: 'text', id: '1795646435473-2', dataText: '{"text":"begin"}' } as const;
      const stored = journal
        .sessionEvents(state.id, { limit: 100, types: ['StreamEvent'] })
        .find(({ event }) => event.type === 'StreamEvent' && event.event === 'assistant');
      const id =
        stored?.event.type === 'StreamEvent' ? (stored.event.eventId ?? again.id) : again.id;
      const isKnown = runId !== 'run-next' && cursor !== undefined;
      observer.onItems({
        items: [
          ...(isKnown ? [{ ...again, id }] : []),
          { kind: 'text', id: '1795646999999-0', dataText: '{"text":" and end"}' },
        ],
        cursor: '1795646999999-0',
      });
      observer.onFact({ record: record(agentId, runId), source: 'stream' });
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
    listOwnAgents: async () => ok([]),
    account: async () => ok({ keyName: 'test', identity: state.accountId ?? '' }),
    models: async () => ok([]),
    repositories: async () => ok({ urls: [], refreshedAt: 0 }),
    wake: () => undefined,
    close: async () => undefined,
  };
}
