import { sessionProjection } from '../../src/engine/projection.ts';
import type { Journal, StoredEvent } from '../../src/journal/types.ts';
import { isTranscript } from '../../src/session/events.ts';
import { latestAttempt } from '../../src/session/select.ts';
import type { SessionState } from '../../src/session/state.ts';
import { requiresAction } from '../../src/session/status/session-status.ts';
import { expectedItems } from '../../testing/transcripts.ts';
import { wrongRounds } from './rounds-verdict.ts';
import type { SimulatedCursor, TrueRun } from './truth.ts';
import { sessionsOf } from './user-actions.ts';

type Evidence = {
  readonly journal: Journal;
  readonly cursor: SimulatedCursor;
  readonly shown: readonly StoredEvent[];
};

/** Everything that is wrong in the end, one sentence each. */
export function verdict(evidence: Evidence): string[] {
  const events = evidence.journal.allEvents({ after: 0, limit: 1_000_000 });
  return [
    ...orphans(evidence),
    ...falseEndings(evidence),
    ...doubleOrders(evidence, events),
    ...brokenStreams(evidence.cursor, events),
    ...foldErrors(evidence.journal, events),
    ...stuckSessions(evidence.journal),
    ...wrongRounds(evidence.journal, events),
    ...(JSON.stringify(evidence.shown) === JSON.stringify(events)
      ? []
      : ['What was shown is not what is stored']),
  ];
}

/** Agents on Cursor that nobody watches, or that are paid for although their work is over. */
function orphans({ journal, cursor }: Evidence): string[] {
  const states = new Map(sessionsOf(journal).map((state) => [state.id, state]));
  return [...cursor.agents.values()].flatMap((agent) => {
    const row = journal.attemptByThread(agent.id);
    if (row === null) return [`${agent.id} is not in the journal`];
    const state = states.get(row.sessionId);
    const owner = state?.agents.find(({ id }) => id === row.agentId);
    const attempt = owner?.attempts.find(({ number }) => number === row.attempt);
    const who = `${state?.workflow.name} ${row.agentId} attempt ${row.attempt}`;
    const wasSettled = owner?.phase.kind === 'settled' || attempt !== owner?.attempts.at(-1);
    return agent.runs.flatMap((run) => {
      // A further round of a loop is another attempt in the same conversation.
      const isKnown = owner?.attempts.some(
        ({ threadId, turns }) => threadId === agent.id && turns.some(({ id }) => id === run.id),
      );
      const isAlive = cursor.isAlive(run) && cursor.find(agent.id) !== undefined;
      if (isAlive && wasSettled) return [`${who} is settled, and its run is alive and billed`];
      return isKnown || run.ending === 'CANCELLED' ? [] : [`${who}: run ${run.id} is not known`];
    });
  });
}

const outcomes = {
  FINISHED: 'finished',
  ERROR: 'error',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** Endings in the journal that are not what happened. */
function falseEndings({ journal, cursor }: Evidence): string[] {
  return sessionsOf(journal).flatMap((state) =>
    state.agents.flatMap((agent) =>
      agent.attempts.flatMap((attempt) =>
        attempt.turns.flatMap(({ id, ended }) => {
          const truth = cursor.agents.get(attempt.threadId)?.runs.find((run) => run.id === id);
          const who = `${state.workflow.name} ${agent.id} run ${id}`;
          if (truth === undefined) return [`${who} does not exist`];
          const isConclusion =
            ended === null || ended.outcome === 'gone' || ended.outcome === 'silent';
          const wasDeleted = cursor.find(attempt.threadId) === undefined;
          if (isConclusion || wasDeleted || ended.outcome === outcomes[truth.ending]) return [];
          return [`${who} ended ${truth.ending}, and is shown as ${ended.outcome}`];
        }),
      ),
    ),
  );
}

/** Every prompt reaches Cursor at most once for each time that it was intended. */
function doubleOrders({ cursor }: Evidence, events: readonly StoredEvent[]): string[] {
  const intended = events.flatMap(({ event }) =>
    event.type === 'FollowUpIntended' ||
    (event.type === 'LaunchIntended' && event.continues !== undefined)
      ? event.prompt
      : [],
  );
  return [...cursor.agents.values()].flatMap(({ id, runs, request }) => {
    const [first, ...followUps] = runs;
    const wrong = first?.prompt === request.prompt ? [] : [`${id} began with another prompt`];
    // Rounds, and questions in them, may have the same words each time that they are intended.
    const twice = followUps.filter(
      ({ prompt }, index) =>
        followUps.findIndex((other) => other.prompt === prompt) === index &&
        followUps.filter((other) => other.prompt === prompt).length > timesIn(intended, prompt),
    );
    const unasked = followUps.filter(({ prompt }) => !intended.includes(prompt));
    return [
      ...wrong,
      ...twice.map(({ prompt }) => `${id} was told twice: ${prompt.slice(0, 60)}`),
      ...unasked.map(({ prompt }) => `${id} was told unasked: ${prompt.slice(0, 60)}`),
    ];
  });
}

const timesIn = (prompts: readonly string[], wanted: string): number =>
  prompts.filter((prompt) => prompt === wanted).length;

/** Each stream is stored once, in order, and whole unless a gap says so. */
function brokenStreams(cursor: SimulatedCursor, events: readonly StoredEvent[]): string[] {
  const stored = new Map<string, string[]>();
  const excused = new Set<string>();
  const complete = new Set<string>();
  for (const { event } of events) {
    if (event.type === 'TranscriptItem') {
      const items = stored.get(event.turnId) ?? [];
      items.push(`${event.itemId} ${event.item.kind}`);
      stored.set(event.turnId, items);
    }
    if (event.type === 'StreamGap') excused.add(event.turnId);
    if (event.type === 'StreamEnded' && event.complete) complete.add(event.turnId);
    const isGivenUp = event.type === 'RunEnded' && ['gone', 'silent'].includes(event.outcome);
    if (isGivenUp) excused.add(event.turnId);
  }
  const runs = [...cursor.agents.values()].flatMap((agent) => agent.runs);
  const known = new Set(events.flatMap(({ event }) => ('turnId' in event ? event.turnId : [])));
  return runs.flatMap((run) => {
    const sent = expectedItems(run.frames);
    const kept = stored.get(run.id) ?? [];
    if (isBroken(run, sent, kept))
      return [`${run.id}: stored out of order or twice: ${kept.join(', ')}`];
    const isWhole = kept.length === sent.length;
    const mayLack = excused.has(run.id) || ![...known].some((id) => id === run.id);
    if (isWhole || (mayLack && !complete.has(run.id)) || mayLack) return [];
    return [`${run.id}: ${kept.length} of ${sent.length} items stored, and no gap says so`];
  });
}

function isBroken(_run: TrueRun, sent: readonly string[], kept: readonly string[]): boolean {
  let from = 0;
  for (const frame of kept) {
    const index = sent.indexOf(frame, from);
    if (index === -1) return true;
    from = index + 1;
  }
  return false;
}

/** The state in the tables is what the events say. */
function foldErrors(journal: Journal, events: readonly StoredEvent[]): string[] {
  const states = new Map<string, SessionState | undefined>();
  for (const { event, sessionId, at } of events) {
    if (isTranscript(event)) continue;
    states.set(sessionId, sessionProjection.evolve(states.get(sessionId), event, at, sessionId));
  }
  return sessionsOf(journal).flatMap((state) =>
    JSON.stringify(state) === JSON.stringify(states.get(state.id))
      ? []
      : [`${state.workflow.name} is not the fold of its events`],
  );
}

function stuckSessions(journal: Journal): string[] {
  return sessionsOf(journal).flatMap((state) =>
    state.phase.kind === 'ended'
      ? []
      : [`${state.workflow.name} is stuck (${requiresAction(state)?.code})`],
  );
}

/** A repaired hand-off came with a broken block at first. */
const withoutJson = (text: string): string => text.replaceAll(/```json[^`]*```/g, '');

const loopEnds: Readonly<Record<string, string>> = {
  'condition-met': 'over',
  'most-rounds': 'over',
};

/** What was decided on the way, and how its loops ended. */
function decisionsIn(journal: Journal, id: SessionState['id']): string[] {
  const types = [
    ...['ConnectionDecided', 'GateAnswered', 'RoundOpened', 'LoopEnded'],
    ...['EditsProposed', 'EnhancementEnded'],
  ];
  return journal
    .sessionEvents(id, { limit: 10_000, types })
    .flatMap(({ event }) => {
      switch (event.type) {
        case 'ConnectionDecided':
          // In its last round a loop ends either way, and an agent that did not say how is not asked again.
          if (event.by === 'agent' && /^(back$|loop:)/.test(event.connectionId)) return [];
          return `${event.connectionId} in round ${event.round}: ${event.holds} (${event.by})`;
        case 'GateAnswered':
          return `${event.gateId} in round ${event.round}: ${event.answer}`;
        case 'RoundOpened':
          return `${event.connectionId}: round ${event.round}`;
        case 'LoopEnded':
          return `${event.connectionId}: ${loopEnds[event.cause] ?? event.cause} after round ${event.round}`;
        case 'EditsProposed':
          return `proposed in round ${event.round}: ${event.summary}`;
        case 'EnhancementEnded':
          return `rounds ended after round ${event.round}: ${event.cause}`;
        default:
          return event.type;
      }
    })
    .sort();
}

/** What a session came to, in words that mean the same in every history. */
export function comparable(journal: Journal, state: SessionState) {
  const handoffs = journal.sessionEvents(state.id, { limit: 10_000, types: ['HandoffStored'] });
  const intents = journal.sessionEvents(state.id, { limit: 10_000, types: ['LaunchIntended'] });
  return {
    phase: state.phase.kind === 'ended' ? state.phase.outcome : state.phase.kind,
    agents: state.agents.map((agent) => ({
      id: agent.id,
      outcome: agent.phase.kind === 'settled' ? agent.phase.outcome : agent.phase.kind,
      attempts: agent.attempts.length,
      branches: latestAttempt(agent)?.branches.map(({ branch }) => branch),
    })),
    handoffs: handoffs
      .flatMap(({ event }) =>
        event.type === 'HandoffStored'
          ? `${event.connectionId}: ${withoutJson(event.content)}`
          : [],
      )
      .sort(),
    decisions: decisionsIn(journal, state.id),
    launches: intents
      .flatMap(({ event }) => (event.type === 'LaunchIntended' ? event.agentId : []))
      .sort(),
  };
}
