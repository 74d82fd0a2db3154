import { failureWithCloudName, withCloudName } from '../../contract/cloud-name.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { isEnded, isFlagged, latestAttempt } from '../../session/select.ts';
import { questionsOf } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import { pendingEndReason } from '../../session/status/pending-transcript.ts';
import { isQueued } from '../../session/status/queue.ts';
import { requiresAction, sessionStatus } from '../../session/status/session-status.ts';
import { sessionEndedAt, sessionWork } from '../../session/status/times.ts';
import { wavesOf } from '../../workflow/graph.ts';
import { agentView, type LastHeartbeat } from './agent-view.ts';
import { budgetView } from './budget-view.ts';
import { questionView } from './flow-view.ts';
import { instant, instantOrNull } from './instant.ts';
import { requestViews } from './request-view.ts';

/** One session as shown in lists. Agents are ordered by wave, then as in the workflow. */
export function sessionView(
  state: SessionState,
  facts: { readonly lastSeq: number; readonly lastHeartbeat: LastHeartbeat },
): SessionView {
  const waves = wavesOf({
    agents: state.workflow.agents.filter(({ id }) => state.agents.some((one) => one.id === id)),
    connections: state.workflow.connections,
  });
  const agents = waves.flatMap((ids, index) =>
    ids.flatMap((id) => {
      const agent = state.agents.find((one) => one.id === id);
      return agent === undefined ? [] : [agentView(state, agent, index + 1, facts.lastHeartbeat)];
    }),
  );
  // The planner and removed agents are in no wave.
  const others = state.agents
    .filter(({ id }) => !agents.some((one) => one.id === id))
    .map((agent) => agentView(state, agent, 0, facts.lastHeartbeat));
  const work = sessionWork(state);
  const detail = pendingEndReason(state);
  return {
    id: state.id,
    workflow: { id: state.workflow.id, name: state.workflow.name, path: state.workflowPath },
    mode: state.mode,
    folder: state.local?.folder ?? null,
    backend: state.backend.kind,
    status: sessionStatus(state),
    isQueued: sessionStatus(state) === 'running' && isQueued(state),
    statusDetail: detail === null ? null : withCloudName(state.backend.kind, detail),
    needsYou: failureWithCloudName(state.backend.kind, requiresAction(state)),
    requests: requestViews(state),
    questions: questionsOf(state).map((question) => questionView(state, question)),
    startedAt: instant(state.startedAt),
    endedAt: instantOrNull(sessionEndedAt(state)),
    work: { workedMs: work.workedMs, since: instantOrNull(work.since) },
    resumable: isResumable(state),
    isDismissed: state.isDismissed,
    autoCreatePr: state.autoCreatePr,
    repositories: state.repositories.map((target) => ({ ...target })),
    workflowRound:
      state.enhance === null
        ? null
        : {
            number: state.enhance.round,
            most: state.workflow.settings.loopAndEnhance.maxRounds,
          },
    budget: budgetView(state),
    waveCount: waves.length,
    lastSeq: facts.lastSeq,
    agents: [...agents, ...others],
  };
}

/** Whether Reconnect can change anything: the session has not ended, or the end of a run was not confirmed by Cursor. */
function isResumable(state: SessionState): boolean {
  if (!isEnded(state)) return true;
  return state.agents.some((agent) => {
    const attempt = latestAttempt(agent);
    return attempt !== undefined && isFlagged(attempt);
  });
}
