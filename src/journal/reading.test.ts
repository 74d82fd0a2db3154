import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import {
  type CountingState,
  countingProjection,
  item,
  itemsOf,
  launched,
  launchIntended,
  manualClock,
  openOrThrow,
  openTemporaryJournal,
  runNumber,
  sessionNumber,
  sessionStarted,
  temporaryHome,
} from '../../testing/journal.ts';
import { isTranscript } from '../session/events.ts';
import { agentId } from '../workflow/ids.ts';
import { journalFiles } from './files.ts';
import type { Projection, SessionRow } from './types.ts';

const ONE = sessionNumber(1);
const ended = { type: 'SessionEnded', outcome: 'finished' } as const;

/** Changes a closed journal behind its back. */
const tamper = (home: string, sql: string): void => {
  const database = new DatabaseSync(journalFiles(home).database);
  database.exec(sql);
  database.close();
};

describe('events of a session', () => {
  test('are narrowed by agent, type and place, in either direction', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.buffer(itemsOf(1, 1, [item(1), item(2), item(3)]));
    journal.append(ONE, [ended]);
    const seqs = (options: Partial<Parameters<typeof journal.sessionEvents>[1]>) =>
      journal.sessionEvents(ONE, { limit: 100, ...options }).map(({ seq }) => seq);
    expect(seqs({})).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(seqs({ after: 2, before: 5 })).toEqual([3, 4]);
    expect(seqs({ newestFirst: true, limit: 2 })).toEqual([7, 6]);
    expect(seqs({ agentId: agentId('writer') })).toEqual([2, 3, 4, 5, 6]);
    expect(seqs({ agentId: agentId('other') })).toEqual([]);
    expect(seqs({ types: ['Launched', 'SessionEnded'] })).toEqual([3, 7]);
    expect(seqs({ types: ['TranscriptItem'], limit: 1 })).toEqual([4]);
    expect(
      journal.allEvents({ after: 1, limit: 9, lifecycleOnly: true }).map(({ seq }) => seq),
    ).toEqual([2, 3, 7]);
  });
});

describe('events that cannot be decoded', () => {
  test('are quarantined and shown while the others continue', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched(), ended]);
    journal.close();
    tamper(
      home,
      `UPDATE events SET payload = '{"type":"Unheard"}' WHERE position = 2;
       UPDATE events SET version = 99 WHERE position = 3`,
    );
    const again = openOrThrow({ home });
    const read = again.sessionEvents(ONE, { limit: 2 });
    expect(read.map(({ event }) => event.type)).toEqual(['SessionStarted', 'SessionEnded']);
    expect(again.quarantine()).toMatchObject([
      { position: 2, sessionId: ONE, raw: '{"type":"Unheard"}' },
      { position: 3, reason: expect.stringContaining('version 99') },
    ]);
    again.append(ONE, [{ type: 'SessionDismissed' }]);
    expect(again.lastPosition).toBe(5);
    again.close();
  });

  test('do not keep a session from being folded again', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.close();
    tamper(home, `UPDATE events SET payload = 'no JSON' WHERE position = 3`);
    const unwilling: Projection<CountingState> = {
      ...countingProjection,
      version: 2,
      evolve: (state, event, at, id) => {
        if (event.type === 'LaunchIntended') throw new Error('not any more');
        return countingProjection.evolve(state, event, at, id);
      },
    };
    const again = openOrThrow({ home, projection: unwilling });
    expect(again.state(ONE)).toMatchObject({ types: ['SessionStarted'] });
    expect(again.quarantine().map(({ position }) => position)).toEqual([2, 3]);
    expect(again.liveAttempts('cloud')).toEqual([]);
    again.close();
  });

  test('of a stream are shown as the text that came', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    journal.buffer(itemsOf(1, 1, [{ kind: 'text', id: '1-0', dataText: 'half a {' }]));
    journal.flush();
    expect(journal.sessionEvents(ONE, { after: 1, limit: 1 })[0]?.event).toMatchObject({
      item: { kind: 'text', data: 'half a {' },
    });
  });
});

describe('a new version of the state', () => {
  test('is folded from the events of every session, and its rows with it', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.append(sessionNumber(2), [sessionStarted(), ended]);
    journal.close();
    const renamed: Projection<CountingState> = {
      ...countingProjection,
      version: 2,
      row: (state) => ({ ...countingProjection.row(state), workflowName: 'Renamed' }),
    };
    const again = openOrThrow({ home, projection: renamed });
    const { rows } = again.sessions({ limit: 10 });
    expect(rows.map(({ workflowName, status }) => [workflowName, status])).toEqual([
      ['Renamed', 'finished'],
      ['Renamed', 'running'],
    ]);
    expect(again.state(ONE)).toEqual(journalStateOf(again));
    expect(again.liveAttempts('cloud')).toHaveLength(1);
    again.close();
  });

  const journalStateOf = (journal: ReturnType<typeof openOrThrow>): unknown =>
    journal
      .sessionEvents(ONE, { limit: 10 })
      .reduce<CountingState | undefined>(
        (state, { event, at }) =>
          isTranscript(event) ? state : countingProjection.evolve(state, event, at, ONE),
        undefined,
      );
});

describe('cloud runs', () => {
  test('count while they are live and are found by the id of their Cursor agent', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended(1), launchIntended(2), launched(1)]);
    const [first, second] = journal.liveAttempts('cloud');
    expect(first).toMatchObject({ attempt: 1, latestTurnId: runNumber(1), isLive: true });
    expect(second).toMatchObject({ attempt: 2, latestTurnId: null });
    journal.append(ONE, [ended]);
    expect(journal.liveAttempts('cloud')).toEqual([]);
    expect(journal.attemptByThread(first?.threadId ?? '')).toMatchObject({ attempt: 1 });
    expect(journal.attemptByThread('bc-unknown')).toBeNull();
  });
});

describe('the list of sessions', () => {
  /** Rows as their session's number says, so that a test can list any mixture. */
  const listing = (
    rows: readonly Partial<SessionRow<CountingState>>[],
  ): Projection<CountingState> => ({
    ...countingProjection,
    row: (state) => {
      const base = countingProjection.row(state);
      const number = Number.parseInt(base.searchText.slice(-4), 16);
      return { ...base, ...rows[number - 1] };
    },
  });

  test('shows those that need a person first, then the live ones, then the newest', () => {
    const clock = manualClock();
    const projection = listing([
      { isSettled: true, status: 'finished', searchText: 'Ärger mit NOTIZEN' },
      { isSettled: false },
      { isSettled: false, needsYou: true, status: 'waiting' },
      { isSettled: true, status: 'finished', searchText: '100% done_well' },
      { isSettled: true, isDismissed: true },
      { isSettled: false, mode: 'local', workflowId: 'another' },
    ]);
    using opened = openTemporaryJournal({ ...clock, projection });
    const { journal } = opened;
    for (let number = 1; number <= 6; number += 1) {
      journal.append(sessionNumber(number), [sessionStarted()]);
      clock.advance(1000);
    }
    const listed = (query: Partial<Parameters<typeof journal.sessions>[0]>) =>
      journal
        .sessions({ limit: 10, ...query })
        .rows.map(({ id }) => Number.parseInt(id.slice(2), 16));
    expect(listed({ order: 'needs-you-first' })).toEqual([3, 6, 2, 4, 1]);
    expect(listed({})).toEqual([6, 4, 3, 2, 1]);
    expect(listed({ mode: 'cloud' })).toEqual([4, 3, 2, 1]);
    expect(listed({ mode: 'local' })).toEqual([6]);
    expect(listed({ workflowId: 'another' })).toEqual([6]);
    expect(listed({ workflowId: 'nobody’s' })).toEqual([]);
    expect(listed({ includeDismissed: true })).toEqual([6, 5, 4, 3, 2, 1]);
    expect(listed({ statuses: ['finished', 'waiting'] })).toEqual([4, 3, 1]);
    expect(listed({ isSettled: true })).toEqual([4, 1]);
    expect(journal.sessionIds({ isSettled: true })).toEqual([4, 1].map(sessionNumber));
    expect(journal.sessionIds({ search: '0%' })).toEqual([sessionNumber(4)]);
    expect(listed({ search: 'notiz ärger' })).toEqual([1]);
    expect(listed({ search: '0%' })).toEqual([4]);
    expect(listed({ search: 'nowhere' })).toEqual([]);
    expect(journal.sessions({ limit: 1, offset: 1 })).toMatchObject({
      rows: [{ id: sessionNumber(4) }],
      total: 5,
    });
    expect(journal.countByStatus()).toEqual({ finished: 2, running: 2, waiting: 1 });
  });

  test('finds sessions by any beginning of their id', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(sessionNumber(0x10), [sessionStarted()]);
    journal.append(sessionNumber(0x11), [sessionStarted()]);
    const zeros = '0'.repeat(30);
    expect(journal.findSessions(zeros, 5)).toHaveLength(2);
    expect(journal.findSessions(`s_${zeros}11`, 5)).toEqual([sessionNumber(0x11)]);
    expect(journal.findSessions(`${zeros}1`, 1)).toHaveLength(1);
    expect(journal.findSessions('f', 5)).toEqual([]);
  });
});
