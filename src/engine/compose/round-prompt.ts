import { textOrNull } from '../../lib/blank.ts';
import { ownLoopId } from '../../session/flow/flow-graph.ts';
import { agentOf } from '../../session/select.ts';
import { flowGraphOfSession } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { endSection, handoffSection, mergeSection, type PromptParts } from './prompt.ts';
import type { Round } from './prompt-parts.ts';
import { roundSection } from './round-section.ts';

/** The prompt of a further round in the same thread: only new information, and what the last message must contain. */
export function composeRoundPrompt(parts: PromptParts): string {
  return [
    roundSection(parts.round),
    handoffSection(parts.handoffs),
    mergeSection(parts.branchesToMerge),
    endSection(parts),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The innermost loop in which the agent is in a further round; null if there is none. */
export function roundOf(state: SessionState, id: AgentId): Round | null {
  const round = agentOf(state, id)?.round ?? 1;
  for (const loop of flowGraphOfSession(state).loops) {
    const progress = state.flow.loops.find(({ connectionId }) => connectionId === loop.id);
    if (!loop.body.has(id) || progress === undefined || progress.round === 1 || round === 1)
      continue;
    const connection = state.workflow.connections.find((one) => one.id === loop.id);
    const own = state.workflow.agents.find((agent) => agent.id === loop.source)?.loop;
    const isOwn = loop.id === ownLoopId(loop.source);
    const condition = isOwn ? own?.exitCondition : connection?.loopCondition;
    return {
      number: progress.round,
      maxRounds: loop.maxRounds,
      reason:
        state.flow.decisions.find(({ connectionId }) => connectionId === loop.id)?.reason ?? null,
      exitCondition: textOrNull(condition),
      template: isOwn ? textOrNull(own?.promptTemplate) : null,
    };
  }
  return null;
}
