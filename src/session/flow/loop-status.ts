import { type Activation, type Block, blockBy, decisionOf, type FlowFacts } from './facts.ts';
import { type FlowLoop, loopsLeftBy } from './flow-graph.ts';
import { type LoopEndCause, loopRound } from './flow-state.ts';

/** The status of a loop in the current round of its last agent. */
export type LoopStatus = {
  readonly loop: FlowLoop;
  /** From 1 to `maxRounds`. */
  readonly round: number;
  /**
   * `running`: an agent of the body, or a loop within it, has not finished. `undecided`: the exit condition has not been
   * decided. `unclear`: the user has to decide it. `continues`: another round is to be opened.
   */
  readonly state: 'running' | 'undecided' | 'unclear' | 'continues' | 'ended';
  readonly cause: LoopEndCause | null;
  /** The reason given with the decision that ended the loop. */
  readonly reason: string | null;
  readonly by: Block | null;
};

export function loopStatuses(facts: FlowFacts): LoopStatus[] {
  const statuses: LoopStatus[] = [];
  // Inner loops come first: an inner loop with the same last agent has to end before the outer one continues.
  for (const loop of facts.graph.loops) {
    const inner = loopsLeftBy(facts.graph, loop);
    const isInnerRunning = statuses.some(
      (one) => inner.includes(one.loop) && one.state !== 'ended',
    );
    statuses.push(isInnerRunning ? running(facts, loop) : loopStatus(facts, loop));
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
  // After the last round, the loop ends whether the condition holds or not.
  if (round >= loop.maxRounds) return { ...base, state: 'ended', cause: 'most-rounds', reason };
  if (isCancelRequested) return { ...base, state: 'ended', cause: 'cancelled' };
  // An agent of the body may have failed after others continued from its work: no further round starts.
  const block = blockIn(facts, loop);
  if (block !== null) return { ...base, state: 'ended', cause: block.kind, by: block };
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

/** No agent of the body is at work, not even on a message, so that the next round can start. */
export function isBodySettled(
  { activations }: Pick<FlowFacts, 'activations'>,
  { body }: FlowLoop,
): boolean {
  return [...body].every((id) => activations.get(id)?.outcome != null);
}
