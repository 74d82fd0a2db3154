import { type Backend, withCloudName } from '../../contract/cloud-name.ts';
import type { RoundView } from '../../contract/flow-views.ts';
import type { StoredEvent } from '../../journal/types.ts';
import { evolveFlow } from '../../session/flow/evolve-flow.ts';
import { type FlowGraph, type FlowLoop, flowGraphOf } from '../../session/flow/flow-graph.ts';
import { emptyFlow, type FlowState, loopRound } from '../../session/flow/flow-state.ts';
import { agentOf } from '../../session/select.ts';
import { flowGraphOfSession } from '../../session/session-flow.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { agentStatus } from '../../session/status/session-status.ts';
import { roundEndedAt } from '../../session/status/times.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { instant, instantOrNull } from './instant.ts';

/** The types of the events that rounds are built from. */
export const roundEventTypes = [
  'SessionStarted',
  'EditsProposed',
  'WorkflowRoundOpened',
  'RoundOpened',
  'LaunchIntended',
  'ThreadReplaced',
  'AgentSettled',
] as const;

/**
 * Every round of every agent that a loop, or Loop & Enhance, repeats. `events` are those of `roundEventTypes`, oldest
 * first.
 */
export function roundViews(state: SessionState, events: readonly StoredEvent[]): RoundView[] {
  const graph = flowGraphOfSession(state);
  if (graph.loops.length === 0 && state.enhance === null) return [];
  const looping = new Set(graph.loops.flatMap(({ body }) => [...body]));
  const isRepeated = ({ id, round }: AgentState) =>
    graph.agentIds.includes(id) && (looping.has(id) || round > 1);
  const rounds = new Rounds(firstGraph(events) ?? graph);
  for (const stored of events) rounds.add(stored);
  return state.agents.filter(isRepeated).flatMap((agent) =>
    rounds
      .of(agent.id)
      .filter(({ number }) => number <= agent.round)
      .map((round) => (round.number === agent.round ? currentRound(state, agent, round) : round))
      .map((round) => withCloudNames(state.backend.kind, round)),
  );
}

/** Stored messages say "Cursor" for every cloud. */
function withCloudNames(cloud: Backend, round: RoundView): RoundView {
  const rename = (text: string | null) => (text === null ? null : withCloudName(cloud, text));
  return { ...round, cause: rename(round.cause), freshThread: rename(round.freshThread) };
}

/** The flow graph of the initial workflow, because Loop & Enhance edits it, and rounds count from its first version. */
function firstGraph(events: readonly StoredEvent[]): FlowGraph | null {
  const start = events.find(({ event }) => event.type === 'SessionStarted')?.event;
  return start?.type === 'SessionStarted' ? flowGraphOf(start.workflow) : null;
}

/** Builds the rounds of every agent from events. */
class Rounds {
  #graph: FlowGraph;
  #proposed: FlowGraph | null = null;
  #workflowRound = 1;
  readonly #byAgent = new Map<AgentId, RoundView[]>();
  #flow: FlowState = emptyFlow;

  constructor(graph: FlowGraph) {
    this.#graph = graph;
    for (const id of graph.agentIds) this.#start(id);
  }

  of(id: AgentId): readonly RoundView[] {
    return this.#byAgent.get(id) ?? [];
  }

  add({ event, at, seq }: StoredEvent): void {
    if (event.type === 'EditsProposed') {
      this.#proposed = event.workflow === undefined ? null : flowGraphOf(event.workflow);
    } else if (event.type === 'WorkflowRoundOpened') {
      this.#openWorkflowRound();
    } else if (event.type === 'RoundOpened') {
      this.#flow = evolveFlow(this.#flow, event, { graph: this.#graph, at });
      const loop = this.#graph.loops.find(({ id }) => id === event.connectionId);
      for (const id of loop?.body ?? []) this.#start(id);
    } else if (event.type === 'LaunchIntended') {
      this.#change(event, ({ startedAt, firstSeq, attempts }) => ({
        attempt: event.attempt,
        attempts: attempts + 1,
        startedAt: startedAt ?? instant(at),
        endedAt: null,
        firstSeq: firstSeq ?? seq,
        cause: null,
      }));
    } else if (event.type === 'ThreadReplaced') {
      this.#change(event, () => ({ freshThread: event.failure.message }));
    } else if (event.type === 'AgentSettled') {
      const { outcome: status, cause } = event;
      const ended = { status, endedAt: instant(at), cause: cause?.message ?? null };
      this.#change(event, () => ended);
    }
  }

  /** Starts a new round for every agent. As in the state, removed agents get one too. */
  #openWorkflowRound(): void {
    if (this.#proposed === null) return;
    const next = this.#proposed.agentIds;
    const removed = this.#graph.agentIds.filter((id) => !next.includes(id));
    this.#graph = this.#proposed;
    this.#flow = emptyFlow;
    this.#workflowRound += 1;
    for (const id of [...removed, ...next]) this.#start(id);
  }

  #start(agentId: AgentId): void {
    const known = this.#byAgent.get(agentId) ?? [];
    const loop = innermost(this.#graph, agentId);
    known.push({
      agentId,
      number: known.length + 1,
      workflowRound: this.#workflowRound,
      round: loop === undefined ? 1 : loopRound(this.#flow, loop.id),
      rounds: loop?.maxRounds ?? 1,
      attempt: null,
      attempts: 0,
      status: 'waiting',
      startedAt: null,
      endedAt: null,
      firstSeq: null,
      cause: null,
      freshThread: null,
    });
    this.#byAgent.set(agentId, known);
  }

  #change(
    { agentId, round }: { readonly agentId: AgentId; readonly round: number },
    changeOf: (round: RoundView) => Partial<RoundView>,
  ): void {
    const known = this.#byAgent.get(agentId);
    const before = known?.[round - 1];
    if (known !== undefined && before !== undefined)
      known[round - 1] = { ...before, ...changeOf(before) };
  }
}

/** The innermost loop around an agent; inner loops come first in the graph. */
function innermost(graph: FlowGraph, id: AgentId): FlowLoop | undefined {
  return graph.loops.find(({ body }) => body.has(id));
}

/** The current round. Its status comes from the state, which includes turns that these events do not. */
function currentRound(state: SessionState, agent: AgentState, round: RoundView): RoundView {
  const known = agentOf(state, agent.id) ?? agent;
  return {
    ...round,
    status: agentStatus(state, known),
    endedAt: instantOrNull(roundEndedAt(known)),
    // After a retry, the cause of the earlier end no longer applies.
    cause: known.phase.kind === 'settled' ? round.cause : null,
  };
}
