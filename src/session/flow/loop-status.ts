import { type Activation, type Block, blockBy, decisionOf, type FlowFacts } from './facts.ts';
import { type FlowLoop, loopsLeftBy } from './flow-graph.ts';
import { type LoopEndCause, loopRound } from './flow-state.ts';

/** How far a loop is in the round of its last agent. */
export type LoopStatus = {
  readonly loop: FlowLoop;
  /** From 1 to `mostRounds`. */
  readonly round: number;
  /**
   * `running`: an agent of the body, or a loop within it, is not through. `undecided`: whether the exit condition
   * holds is not known. `unclear`: a person must say so. `continues`: another round is to be opened.
   */
  readonly state: 'running' | 'undecided' | 'unclear' | 'continues' | 'ended';
  readonly cause: LoopEndCause | null;
  /** What the end was decided with. */
  readonly reason: string | null;
  readonly by: Block | null;
};

export function loopStatuses(facts: FlowFacts): LoopStatus[] {
  const statuses: LoopStatus[] = [];
  // Inner loops come first: one that shares its last agent with the loop around it has to end before that continues.
  for (const loop of facts.graph.loops) {
    const inner = loopsLeftBy(facts.graph, loop);
    const isInnerGoingOn = statuses.some(
      (one) => inner.includes(one.loop) && one.state !== 'ended',
    );
    statuses.push(isInnerGoingOn ? running(facts, loop) : loopStatus(facts, loop));
  }
  return statuses;
}

const open = { cause: null, reason: null, by: null } as const;

function running({ flow }: FlowFacts, loop: FlowLoop): LoopStatus {
  return { loop, round: loopRound(flow, loop.id), state: 'running', ...open };
}

function loopStatus(facts: FlowFacts, loop: FlowLoop): LoopStatus {
  const last = facts.activations.get(loop.source);
  const outcome = last?.outcome ?? null;
  if (last === undefined || outcome === null) return running(facts, loop);
  const base = { loop, round: loopRound(facts.flow, loop.id), ...open };
  switch (outcome.kind) {
    case 'completed':
      return afterRound(facts, base, last);
    case 'not-taken':
      return { ...base, state: 'ended', cause: 'not-reached' };
    case 'failed':
    case 'cancelled': {
      const by = blockBy(last.agentId, outcome.kind);
      return { ...base, state: 'ended', cause: outcome.kind, by };
    }
    case 'blocked':
      return { ...base, state: 'ended', cause: outcome.by.kind, by: outcome.by };
    default:
      return outcome satisfies never;
  }
}

function afterRound(
  facts: FlowFacts,
  base: Omit<LoopStatus, 'state'>,
  last: Activation,
): LoopStatus {
  const { flow, isCancelRequested } = facts;
  const { loop, round } = base;
  const decision = decisionOf(flow, loop.id, last);
  const reason = decision?.reason ?? null;
  if (decision?.holds === true) return { ...base, state: 'ended', cause: 'condition-met', reason };
  // In the last round nothing depends on the condition anymore, so nobody is asked about it.
  if (round >= loop.maxRounds) return { ...base, state: 'ended', cause: 'most-rounds', reason };
  if (isCancelRequested) return { ...base, state: 'ended', cause: 'cancelled' };
  // The end of an agent can be taken back after others continued from it: no round begins on that.
  const lost = blockIn(facts, loop);
  if (lost !== null) return { ...base, state: 'ended', cause: lost.kind, by: lost };
  if (!loop.hasExitCondition || decision?.holds === false) return { ...base, state: 'continues' };
  return { ...base, state: decision === undefined ? 'undecided' : 'unclear' };
}

function blockIn({ activations }: FlowFacts, { body }: FlowLoop): Block | null {
  for (const id of body) {
    const kind = activations.get(id)?.outcome?.kind;
    if (kind === 'failed' || kind === 'cancelled') return blockBy(id, kind);
  }
  return null;
}

/** Nobody of the body is at work, a person's message included: its agents can begin again. */
export function isBodySettled(
  { activations }: Pick<FlowFacts, 'activations'>,
  { body }: FlowLoop,
): boolean {
  return [...body].every((id) => activations.get(id)?.outcome != null);
}
