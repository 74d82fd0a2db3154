import type { SessionDetail, SessionView } from '../../contract/session-views.ts';
import type { StoredEvent } from '../../journal/types.ts';
import type { SessionState } from '../../session/state.ts';
import { costOf } from './cost-view.ts';
import { enhanceView } from './enhance-view.ts';
import { connectionViews, loopViews } from './flow-view.ts';
import { planViews } from './plan-view.ts';
import { roundViews } from './round-view.ts';
import { totalUsage, usageParts } from './usage-view.ts';

/** The types of events with long content that the session's state does not contain. */
export const detailEventTypes = [
  'SessionStarted',
  'LaunchIntended',
  'FollowUpIntended',
  'HandoffStored',
  'GateAnswered',
  'RoundReported',
  'EditsProposed',
  'WorkflowRoundOpened',
] as const;

/** Events of `detailEventTypes` and of `roundEventTypes`, oldest first. */
export type DetailEvents = {
  readonly details: readonly StoredEvent[];
  readonly rounds: readonly StoredEvent[];
};

/** One session in full. */
export function sessionDetail(
  view: SessionView,
  state: SessionState,
  events: DetailEvents,
  artifactsDirectory: string,
): SessionDetail {
  // A newer attempt hands off again, so that only the last hand-off of each connection counts.
  const handoffs = new Map<string, SessionDetail['handoffs'][number]>();
  const prompts: SessionDetail['prompts'] = [];
  let input: string | null = null;
  for (const { event } of events.details) {
    if (event.type === 'SessionStarted') input = event.input ?? null;
    else if (event.type === 'LaunchIntended' || event.type === 'FollowUpIntended') {
      prompts.push({ agentId: event.agentId, attempt: event.attempt, prompt: event.prompt });
    } else if (event.type === 'HandoffStored') {
      handoffs.set(event.connectionId, {
        artifacts: event.artifacts ?? [],
        connectionId: event.connectionId,
        sourceAgentId: event.agentId,
        targetAgentId: event.targetAgentId,
        format: event.format,
        content: event.content,
        outputFiles: event.outputFiles,
        branches: event.branches,
      });
    }
  }
  const usage = totalUsage(state.agents.flatMap((agent) => agent.attempts.flatMap(usageParts)));
  return {
    ...view,
    input,
    ...costOf(state, usage),
    usage,
    connections: connectionViews(state),
    loops: loopViews(state),
    plans: planViews(state, events.details),
    rounds: roundViews(state, events.rounds),
    enhance: enhanceView(state, events.details),
    handoffs: [...handoffs.values()],
    prompts,
    artifactsDirectory,
  };
}
