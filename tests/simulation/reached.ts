import type { StoredEvent } from '../../src/journal/types.ts';
import { PLANNER_ID } from '../../src/workflow/planner.ts';

/** What a history came by, in words: a simulation that never gets anywhere proves nothing. */
export function reachedIn(events: readonly StoredEvent[]): string[] {
  return events.flatMap(({ event }) => {
    switch (event.type) {
      case 'WorkflowRoundOpened':
        return [`workflow round ${event.round}`];
      case 'EnhancementEnded':
        return [`rounds ended: ${event.cause}`];
      case 'EditsProposed':
        return [
          event.workflow === undefined ? 'useless edits' : 'useful edits',
          ...(event.approvalReasons.length > 0 ? ['dangerous edits'] : []),
        ];
      case 'FollowUpIntended':
        return event.agentId === PLANNER_ID ? [`planner asked for ${event.purpose}`] : [];
      case 'AgentSettled':
        return event.cause?.code === 'edits_invalid' ? ['edits that cannot be used twice'] : [];
      case 'GateAnswered':
        return event.agentId === PLANNER_ID ? [`edits answered: ${event.answer}`] : [];
      case 'FeedbackGiven':
        return ['feedback'];
      case 'ConnectionDecided':
        return event.connectionId.startsWith('verdict:') ? [`verdict: ${event.holds}`] : [];
      case 'LaunchIntended':
        return event.continues === undefined ? [] : ['a round in the same thread'];
      default:
        return [];
    }
  });
}
