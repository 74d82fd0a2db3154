import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenOptions, openJournal } from '../src/journal/open.ts';
import type { Schedule } from '../src/journal/trouble.ts';
import type { AttemptRow, BufferedItems, Journal, Projection } from '../src/journal/types.ts';
import type { LifecycleEvent } from '../src/session/events.ts';
import type { SessionId, ThreadId, TurnId } from '../src/session/ids.ts';
import type { RawItem } from '../src/transcript/item.ts';
import { agentId } from '../src/workflow/ids.ts';
import { workflowSchema } from '../src/workflow/schema.ts';
import { removeFolder } from './remove-folder.ts';

/** Real journals in temporary folders, and a small projection for tests. */

/** A temporary home folder for one test. Dispose of it after the test. */
export const temporaryHome = (): { readonly home: string } & Disposable => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-journal-'));
  return { home, [Symbol.dispose]: () => removeFolder(home) };
};

/** Opens a journal. Throws if that fails. */
export const openOrThrow = <State = CountingState>(
  options: Partial<OpenOptions<State>> & { readonly home: string },
): Journal<State> => {
  // Without a projection, `State` is the state of the counting projection.
  const projection = options.projection ?? (countingProjection as unknown as Projection<State>);
  const opened = openJournal({ now: Date.now, ...options, projection });
  if (!opened.ok) throw new Error(`${opened.failure.code}: ${opened.failure.message}`);
  return opened.journal;
};

/** An open journal in a temporary folder. Disposing of it closes the journal and removes the folder. */
export const openTemporaryJournal = <State = CountingState>(
  options: Partial<OpenOptions<State>> = {},
): { readonly journal: Journal<State>; readonly home: string } & Disposable => {
  const folder = temporaryHome();
  const journal = openOrThrow({ home: folder.home, ...options });
  return {
    journal,
    home: folder.home,
    [Symbol.dispose]: () => {
      journal.close();
      folder[Symbol.dispose]();
    },
  };
};

/** A clock that moves only with `advance`, with timers that fire when they are due. */
export const manualClock = (start = 1_800_000_000_000) => {
  let time = start;
  let timers: { readonly due: number; readonly callback: () => void }[] = [];
  const schedule: Schedule = (callback, milliseconds) => {
    const timer = { due: time + milliseconds, callback };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  const advance = (milliseconds: number): void => {
    const end = time + milliseconds;
    for (;;) {
      const next = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      timers = timers.filter((other) => other !== next);
      time = next.due;
      next.callback();
    }
    time = end;
  };
  return { now: () => time, schedule, advance, pendingTimers: () => timers.length };
};

export type CountingState = {
  readonly id: SessionId;
  readonly startedAt: number;
  readonly types: readonly string[];
  readonly runs: readonly AttemptRow[];
  readonly outcome: string | null;
  readonly isDismissed: boolean;
};

/** A projection whose state lists the folded events in order. */
export const countingProjection: Projection<CountingState> = {
  version: 1,
  evolve: (previous, event, at, id): CountingState => {
    const empty = { id, startedAt: at, types: [], runs: [], outcome: null, isDismissed: false };
    const state: CountingState = previous ?? empty;
    return {
      ...state,
      types: [...state.types, event.type],
      runs: evolveRuns(state.runs, event, id),
      outcome: event.type === 'SessionEnded' ? event.outcome : state.outcome,
      isDismissed: event.type === 'SessionDismissed' || state.isDismissed,
    };
  },
  row: (state) => {
    return {
      state,
      workflowId: 'w',
      workflowName: 'Workflow',
      mode: 'cloud',
      status: state.outcome ?? 'running',
      needsYou: false,
      isSettled: state.outcome !== null,
      isDismissed: state.isDismissed,
      startedAt: state.startedAt,
      endedAt: null,
      searchText: `Workflow ${state.id}`,
    };
  },
  attempts: ({ runs }) => runs,
};

const evolveRuns = (
  runs: readonly AttemptRow[],
  event: LifecycleEvent,
  sessionId: SessionId,
): readonly AttemptRow[] => {
  if (event.type === 'LaunchIntended') {
    const { agentId: agent, attempt, threadId } = event;
    const run = {
      sessionId,
      agentId: agent,
      attempt,
      threadId,
      latestTurnId: null,
      location: 'cloud',
    } as const;
    return [...runs, { ...run, isLive: true }];
  }
  if (event.type === 'Launched') {
    return runs.map((run) =>
      run.threadId === event.threadId ? { ...run, latestTurnId: event.turnId } : run,
    );
  }
  return event.type === 'SessionEnded' ? runs.map((run) => ({ ...run, isLive: false })) : runs;
};

/** The nth session id. */
export const sessionNumber = (number: number): SessionId =>
  `s_${number.toString(16).padStart(32, '0')}` as SessionId;

/** The nth run id. */
export const runNumber = (number: number): TurnId =>
  `run-00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` as TurnId;

const cursorAgentNumber = (number: number): ThreadId =>
  `bc-00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` as ThreadId;

export const sessionStarted = (): LifecycleEvent => ({
  type: 'SessionStarted',
  workflow: workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'Workflow',
    agents: [{ id: 'writer', name: 'Writer' }],
  }),
  mode: 'cloud',
  backend: { kind: 'rehearsal', url: 'http://127.0.0.1:1' },
  repositories: [],
  autoCreatePr: false,
  maxConcurrentAgents: 8,
  maxAttempts: 1,
});

export const launchIntended = (number = 1): LifecycleEvent => ({
  type: 'LaunchIntended',
  round: 1,
  runtime: 'cursor-cloud',
  account: null,
  agentId: agentId('writer'),
  attempt: number,
  threadId: cursorAgentNumber(number),
  requestHash: 'hash',
  prompt: 'Write.',
  repositories: [],
  autoCreatePr: false,
});

export const launched = (number = 1): LifecycleEvent => ({
  type: 'Launched',
  round: 1,
  agentId: agentId('writer'),
  attempt: number,
  threadId: cursorAgentNumber(number),
  turnId: runNumber(number),
  adopted: false,
});

/** The nth item of a run: an even one has the id of the odd one before it, and another kind. */
export const item = (number: number): RawItem => ({
  kind: number % 2 === 1 ? 'text' : 'thinking',
  id: `${1_800_000_000_000 + Math.ceil(number / 2)}-0`,
  dataText: JSON.stringify({ text: `word ${number}` }),
});

export const itemsOf = (
  session: number,
  run: number,
  items: readonly RawItem[],
  cursor?: string,
): BufferedItems => ({
  sessionId: sessionNumber(session),
  agentId: agentId('writer'),
  attempt: run,
  turnId: runNumber(run),
  items,
  ...(cursor === undefined ? undefined : { cursor }),
});
