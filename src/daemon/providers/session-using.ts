import type { Journal } from '../../journal/types.ts';
import { providerChoice } from '../../session/run-location.ts';
import { isSettled } from '../../session/select.ts';
import { agentName } from '../../workflow/agent-name.ts';

/** An unsettled session in which an agent uses this entry, or will use it; null if there is none. */
export function findSessionUsing(
  journal: Pick<Journal, 'sessions'>,
  entryId: string,
): { readonly workflow: string; readonly agent: string } | null {
  const { rows } = journal.sessions({ isSettled: false, includeDismissed: true, limit: 10_000 });
  for (const { state } of rows) {
    const agent = state.agents.find(
      (each) => !isSettled(each) && providerChoice(state, each.id)?.id === entryId,
    );
    if (agent === undefined) continue;
    const name = agentName(state.workflow, agent.id);
    return { workflow: state.workflow.name, agent: name };
  }
  return null;
}
