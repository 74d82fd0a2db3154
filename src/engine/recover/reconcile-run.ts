import type { AgentRecord, Answer, RunRecord } from '../../runtimes/port.ts';
import { isGivenUp } from '../../session/select.ts';
import type { Attempt, Run, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { recordFact } from '../handlers/facts.ts';

/** A run that nobody from Cursor has spoken of for this long, and that cannot be asked about, is flagged. */
export const SILENCE_LIMIT_MS = 24 * 60 * 60 * 1000;

/** A run whose outcome can still change. */
export type OpenRun = {
  readonly agentId: AgentId;
  readonly attempt: Attempt;
  readonly run: Run;
};

/** Runs that have not ended, and those that were given up and may turn out to live or to have finished. */
export function openRuns(state: SessionState, isReconsidering: boolean): OpenRun[] {
  return state.agents.flatMap((agent) => {
    const attempt = agent.attempts.at(-1);
    const run = attempt?.runs.at(-1);
    if (attempt === undefined || run === undefined) return [];
    return run.ended === null || (isReconsidering && isOpenToDoubt(run))
      ? [{ agentId: agent.id, attempt, run }]
      : [];
  });
}

/** Our own conclusion, or what the stream alone reported: a later fact from Cursor can change it. */
function isOpenToDoubt(run: Run): boolean {
  return isGivenUp(run) || run.ended?.check === 'open' || run.ended?.check === 'unanswered';
}

export type Read = (agentId: string, runId: string) => Promise<Answer<RunRecord>>;

/**
 * Asks Cursor about a run and stores its answer. While nobody followed it, an end counts as `whileAway`, and without
 * an answer the run is unknown; whoever follows it knows its connection better. After 24 h of silence it is flagged
 * failed, with exactly that reason.
 */
export async function askAbout(
  context: EngineContext,
  state: SessionState,
  open: OpenRun,
  read: Read,
  isFollowed: () => boolean,
): Promise<void> {
  const { agentId, attempt, run } = open;
  const answer = await read(attempt.cursorAgentId, run.id);
  const wasAway = !isFollowed() || isGivenUp(run);
  const { journal, clock } = context;
  if (answer.ok) {
    journal.recordHeartbeat(run.id, clock.now());
    const effect = { agentId, attempt: attempt.number, cursorRunId: run.id };
    const task = { context, sessionId: state.id, effect, signal: neverAborted };
    recordFact(task, { record: answer.value, source: 'record' }, wasAway);
    return;
  }
  if (answer.error.code === 'not_found' && (await isGone(context, attempt.cursorAgentId))) {
    giveUp(
      context,
      state,
      open,
      'gone',
      'agent_gone',
      'Cursor no longer knows this agent: it was deleted or has expired.',
    );
    return;
  }
  if (isSilentTooLong(context, open)) {
    giveUp(
      context,
      state,
      open,
      'silent',
      'silent_24h',
      'No sign of life from the run for more than 24 hours, and Cursor cannot be asked now.',
    );
    return;
  }
  if (!isFollowed()) changeConnection(context, state, open, 'unknown', answer.error.message);
}

const neverAborted = new AbortController().signal;

async function isGone(context: EngineContext, cursorAgentId: string): Promise<boolean> {
  const agent: Answer<AgentRecord> = await context.provider().readAgent(cursorAgentId);
  return !agent.ok && agent.error.code === 'not_found';
}

function isSilentTooLong(context: EngineContext, { attempt, run }: OpenRun): boolean {
  const lastHeartbeat =
    context.journal.streamCursor(run.id)?.lastHeartbeatAt ??
    attempt.launchedAt ??
    attempt.intendedAt;
  return context.clock.now() - lastHeartbeat > SILENCE_LIMIT_MS;
}

function giveUp(
  context: EngineContext,
  state: SessionState,
  { agentId, attempt, run }: OpenRun,
  outcome: 'silent' | 'gone',
  code: string,
  message: string,
): void {
  context.journal.append(state.id, [
    {
      type: 'RunEnded',
      agentId,
      attempt: attempt.number,
      cursorRunId: run.id,
      outcome,
      branches: [],
      failure: {
        code,
        message,
        suggestion:
          outcome === 'silent'
            ? 'Reconnect to ask Cursor again; if the run finished after all, the session continues.'
            : 'Retry the agent; this starts a new one.',
      },
      source: outcome === 'silent' ? 'none' : 'record',
      whileAway: true,
    },
  ]);
}

/** Stores how well a run can be followed, unless that is known already. */
export function changeConnection(
  context: EngineContext,
  state: SessionState,
  { agentId, attempt }: OpenRun,
  connection: 'reconnecting' | 'unknown',
  reason: string,
): void {
  const known = attempt.connection;
  if (known.kind === connection && known.reason === reason) return;
  context.journal.append(state.id, [
    { type: 'ConnectionChanged', agentId, attempt: attempt.number, connection, reason },
  ]);
}
