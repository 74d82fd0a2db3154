import { evolveFlow, markAnswersSent, reopenGates } from '../../src/session/flow/evolve-flow.ts';
import type { Activation, ActivationOutcome, FlowFacts } from '../../src/session/flow/facts.ts';
import type { FlowEvent } from '../../src/session/flow/flow-events.ts';
import { type FlowGraph, type FlowSource, flowGraphOf } from '../../src/session/flow/flow-graph.ts';
import { emptyFlow, type FlowState, type GateAnswer } from '../../src/session/flow/flow-state.ts';
import { type FlowStatus, flowStatusOf, readinessOf } from '../../src/session/flow/flow-status.ts';
import { pendingFlowEvents } from '../../src/session/flow/pending-events.ts';
import { openQuestions } from '../../src/session/flow/questions.ts';
import type { AgentId, ConnectionId } from '../../src/workflow/ids.ts';
import fc from '../properties.ts';
import type { Choices } from './choices.ts';

/** Answers of agents and users. */
export type Answers = {
  outcome(agent: AgentId, round: number): 'completed' | 'failed' | 'cancelled';
  /** Null if it is unclear. */
  holds(connection: ConnectionId, round: number): boolean | null;
  personsDecision(connection: ConnectionId, round: number): boolean;
  gate(connection: ConnectionId, round: number, number: number): GateAnswer;
};

/** One step of a history, with the facts before it. */
export type Move = { readonly before: FlowFacts; readonly status: FlowStatus } & (
  | { readonly kind: 'start' | 'finish'; readonly agentId: AgentId }
  | { readonly kind: 'skip'; readonly agentId: AgentId; readonly isBlocked: boolean }
  | { readonly kind: 'send-back'; readonly agentId: AgentId }
  | { readonly kind: 'event'; readonly event: FlowEvent }
);

type Untimed = Move extends infer One
  ? One extends Move
    ? Omit<One, 'before' | 'status'>
    : never
  : never;

/** The control flow of a session: agents that run and settle, and decisions about connections. */
export class FlowWorld {
  readonly graph: FlowGraph;
  readonly moves: Move[] = [];
  readonly #answers: Answers;
  readonly #running = new Set<AgentId>();
  #activations: ReadonlyMap<AgentId, Activation>;
  #flow: FlowState = emptyFlow;
  isCancelRequested = false;

  constructor(source: FlowSource, answers: Answers) {
    this.graph = flowGraphOf(source);
    this.#answers = answers;
    this.#activations = new Map(
      this.graph.agentIds.map((id) => [
        id,
        { agentId: id, round: 1, attempt: null, outcome: null },
      ]),
    );
  }

  get facts(): FlowFacts {
    const { graph, isCancelRequested } = this;
    return { graph, activations: this.#activations, flow: this.#flow, isCancelRequested };
  }

  /** Performs possible moves in a chosen order until none is left. */
  run(choices: Choices, cancelAfter = Number.POSITIVE_INFINITY): this {
    for (let count = 0; count < 5_000; count += 1) {
      if (count === cancelAfter) this.isCancelRequested = true;
      const { facts } = this;
      const status = flowStatusOf(facts);
      const move = choices.from(this.#possible(facts, status));
      if (move === undefined) return this;
      this.moves.push({ ...move, before: facts, status });
      this.#apply(move);
    }
    throw new Error('There is no end');
  }

  #possible(facts: FlowFacts, status: FlowStatus): Untimed[] {
    const events = [
      ...pendingFlowEvents(facts, status, { canContinue: !this.isCancelRequested }),
      ...(this.isCancelRequested ? [] : this.#personsAnswers(facts, status)),
    ];
    return [
      ...events.map((event) => ({ kind: 'event', event }) as const),
      ...this.#changesToSend(facts),
      ...[...this.#running].map((id) => ({ kind: 'finish', agentId: id }) as const),
      ...this.graph.agentIds.flatMap((id) => this.#dueMove(facts, status, id)),
    ];
  }

  #dueMove(facts: FlowFacts, status: FlowStatus, id: AgentId): Untimed[] {
    const activation = facts.activations.get(id);
    if (activation?.outcome !== null || activation.attempt !== null) return [];
    if (this.isCancelRequested) return [{ kind: 'finish', agentId: id }];
    const due = readinessOf(facts, status, id);
    switch (due.kind) {
      case 'not-yet':
        return [];
      case 'start':
        return [{ kind: 'start', agentId: id }];
      case 'skip':
        return [{ kind: 'skip', agentId: id, isBlocked: due.by !== null }];
      default:
        return due satisfies never;
    }
  }

  #personsAnswers(facts: FlowFacts, status: FlowStatus): FlowEvent[] {
    return openQuestions(facts, status).flatMap((question): FlowEvent[] => {
      if (question.kind === 'condition') {
        const { connectionId, round } = question;
        const holds = this.#answers.personsDecision(connectionId, round);
        const about = { agentId: question.agentId, attempt: question.attempt, round };
        return [{ type: 'ConnectionDecided', ...about, connectionId, holds, by: 'person' }];
      }
      const { id: gateId, connectionId, round, number, agentId: id, attempt } = question.gate;
      if (connectionId === null) return [];
      const answer = this.#answers.gate(connectionId, round, number);
      const about = { agentId: id, attempt, round, gateId, connectionId, by: 'test' };
      return [{ type: 'GateAnswered', ...about, answer }];
    });
  }

  #changesToSend({ flow, activations }: FlowFacts): Untimed[] {
    return flow.gates
      .filter(({ answer, isSentBack }) => answer?.kind === 'changes' && !isSentBack)
      .filter(({ agentId: id, attempt }) => activations.get(id)?.attempt === attempt)
      .map(({ agentId: id }) => ({ kind: 'send-back', agentId: id }));
  }

  #apply(move: Untimed): void {
    switch (move.kind) {
      case 'start':
        this.#running.add(move.agentId);
        this.#change(move.agentId, { attempt: this.#nextAttempt(move.agentId) });
        break;
      case 'skip':
        this.#skip(move.agentId);
        break;
      case 'finish':
        this.#finish(move.agentId);
        break;
      case 'send-back': {
        const attempt = this.#activations.get(move.agentId)?.attempt ?? 0;
        const about = { agentId: move.agentId, attempt };
        const flow = markAnswersSent(this.#flow, move.agentId, attempt);
        this.#flow = reopenGates({ ...this.facts, flow }, about);
        this.#running.add(move.agentId);
        this.#change(move.agentId, { outcome: null });
        break;
      }
      case 'event':
        this.#store(move.event);
        break;
      default:
        move satisfies never;
    }
  }

  #nextAttempt(id: AgentId): number {
    return this.moves.filter((move) => move.kind === 'start' && move.agentId === id).length;
  }

  #skip(id: AgentId): void {
    const { facts } = this;
    const due = readinessOf(facts, flowStatusOf(facts), id);
    const by = due.kind === 'skip' ? due.by : null;
    this.#change(id, { outcome: by === null ? { kind: 'not-taken' } : { kind: 'blocked', by } });
  }

  /** An agent reports its decisions in its last message. */
  #finish(id: AgentId): void {
    this.#running.delete(id);
    const activation = this.#activations.get(id);
    if (activation === undefined) return;
    const { round, attempt } = activation;
    const kind = this.isCancelRequested ? 'cancelled' : this.#answers.outcome(id, round);
    if (kind === 'completed' && attempt !== null) {
      const conditions = [
        ...(this.graph.outgoing.get(id) ?? []).filter((one) => one.kind === 'conditional'),
        ...this.graph.loops.filter((one) => one.source === id && one.hasExitCondition),
      ];
      for (const { id: connectionId } of conditions) {
        const holds = this.#answers.holds(connectionId, round);
        const about = { agentId: id, attempt, round, connectionId };
        this.#store(
          holds === null
            ? { type: 'DecisionUnclear', ...about, reason: 'Perhaps.' }
            : { type: 'ConnectionDecided', ...about, holds, by: 'agent' },
        );
      }
    }
    this.#change(id, { outcome: { kind } satisfies ActivationOutcome });
  }

  #store(event: FlowEvent): void {
    this.#flow = evolveFlow(this.#flow, event, { graph: this.graph, at: this.moves.length });
    if (event.type !== 'RoundOpened') return;
    const loop = this.graph.loops.find(({ id }) => id === event.connectionId);
    for (const id of loop?.body ?? []) {
      const round = (this.#activations.get(id)?.round ?? 0) + 1;
      this.#change(id, { round, attempt: null, outcome: null });
    }
  }

  #change(id: AgentId, change: Partial<Activation>): void {
    const before = this.#activations.get(id);
    if (before === undefined) throw new Error(`No agent ${id}`);
    this.#activations = new Map([...this.#activations, [id, { ...before, ...change }]]);
  }

  /** How fast-check prints a failing world. */
  [fc.toStringMethod](): string {
    const paths = this.graph.connections.map(({ id, kind }) => `${id}:${kind}`).join(' ');
    const loops = this.graph.loops.map(({ id, maxRounds }) => `${id} x${maxRounds}`).join(' ');
    const moves = this.moves.map((move) =>
      move.kind === 'event' ? JSON.stringify(move.event) : `${move.kind} ${move.agentId}`,
    );
    return [paths, loops, ...moves].join('\n');
  }
}
