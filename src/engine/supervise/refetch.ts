import { agentOf, latestAttempt, latestTurn } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { Outcome } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { collectArtifacts } from '../handlers/collect-artifacts.ts';

const MAX_TRIES = 3;

/** Fetches the artifacts of one agent or of all agents with new links. Complete files on disk are not fetched again. */
export async function refetch(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId | undefined,
  signal: AbortSignal,
): Promise<Outcome<void>> {
  if (agentId !== undefined && agentOf(state, agentId) === undefined) {
    return {
      ok: false,
      error: { code: 'agent_unknown', message: `The session has no agent "${agentId}".` },
    };
  }
  for (const agent of state.agents) {
    const attempt = latestAttempt(agent);
    const isSelected = agentId === undefined || agent.id === agentId;
    if (!isSelected || attempt === undefined || latestTurn(attempt)?.ended == null) continue;
    const effect = {
      agentId: agent.id,
      attempt: attempt.number,
      round: attempt.round,
      runtime: attempt.runtime,
      threadId: attempt.threadId,
      purpose: 'fetch',
    } as const;
    for (let failures = 0; failures < MAX_TRIES; failures += 1) {
      const task = { context, sessionId: state.id, effect, signal, failures };
      const result = await collectArtifacts({ ...task, maxTries: MAX_TRIES });
      if (result.kind === 'done') break;
      await context.clock.sleep(result.at - context.clock.now(), signal);
    }
  }
  return { ok: true, value: undefined };
}
