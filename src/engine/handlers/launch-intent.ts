import { conditionsFrom, outgoing } from '../../session/conditions.ts';
import { beginsWorkflowRound, continuedAttempt } from '../../session/continued-attempt.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { locationOf, providerChoice, runtimeOf } from '../../session/run-location.ts';
import { agentOf, documentOf } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import type { Agent } from '../../workflow/schema.ts';
import { basesFor, upstreamBases } from '../compose/base-branches.ts';
import { permissionsFor } from '../compose/permission-policy.ts';
import { composePlannerPrompt } from '../compose/planner-prompt.ts';
import { composePrompt, type PromptParts } from '../compose/prompt.ts';
import { receivedHandoffs } from '../compose/received-handoffs.ts';
import { startingPoint } from '../compose/repositories.ts';
import { opensPullRequest, requestHash, turnOptionsOf } from '../compose/request.ts';
import { composeRoundPrompt, roundOf } from '../compose/round-prompt.ts';
import { workingEnvironment } from '../compose/working-environment.ts';
import { stateOf, type Task } from './handler.ts';
import { enhanceRoundOf, plannerParts } from './round-report.ts';

type IntendTask = Task<EffectOf<'intend-launch'>>;
type Request = Parameters<typeof requestHash>[0];
type Subject = Pick<EffectOf<'intend-launch'>, 'agentId' | 'attempt'>;

/** The intent of an attempt. A further round continues in the thread of the previous one, if that is possible. */
export function launchIntent(task: IntendTask): SessionEventOf<'LaunchIntended'> {
  const state = stateOf(task);
  const { effect } = task;
  const runtime = runtimeOf(state, effect.agentId);
  const { threadIdPrefix } = task.context.runtime(runtime).capabilities;
  const provider = providerChoice(state, effect.agentId)?.id;
  const about = {
    round: effect.round,
    runtime,
    ...(provider === undefined ? {} : { provider }),
    account: state.accountId,
  };
  const before = continuedAttempt(state, effect.agentId);
  if (before === null || before.runtime !== runtime) {
    const request = freshRequest(task, effect);
    return { ...request, ...about, threadId: task.context.ids.thread(threadIdPrefix) };
  }
  const continues = { attempt: before.number, followUpId: task.context.ids.followUp() };
  const prompt = promptOf(task, effect, true);
  const request = withHash({ ...requestOf(task, effect), prompt });
  return { ...request, ...about, threadId: before.threadId, continues };
}

/** The request for a new thread, which contains everything that the agent has to know. */
export function freshRequest(
  task: Pick<IntendTask, 'context' | 'sessionId'>,
  effect: Subject,
): Request & { readonly requestHash: string } {
  const prompt = promptOf(task, effect, false);
  return withHash({ ...requestOf(task, effect), prompt });
}

const withHash = (request: Request): Request & { readonly requestHash: string } => ({
  ...request,
  requestHash: requestHash(request),
});

function requestOf(
  task: Pick<IntendTask, 'context' | 'sessionId'>,
  { agentId, attempt }: Subject,
): Omit<Request, 'prompt'> {
  const state = stateOf(task);
  const { context } = task;
  const agent = knownDocument(state, agentId);
  return {
    type: 'LaunchIntended',
    agentId,
    attempt,
    ...turnOptionsOf({
      ...agent,
      model: agent.model ?? providerChoice(state, agentId)?.model,
      ...(agent.planFirst === true ? { mode: 'plan' } : {}),
    }),
    ...(isInCloud(state, agentId)
      ? {
          repositories: [...startingPoint(state, agentId).repositories],
          autoCreatePr: opensPullRequest(state, agentId),
        }
      : {
          repositories: [],
          bases: basesFor(state, agentId),
          autoCreatePr: false,
          ...permissionsFor(context, state, agentId),
        }),
  };
}

/** `isContinued`: the thread already knows earlier hand-offs. */
function promptParts(
  task: Pick<IntendTask, 'context' | 'sessionId'>,
  { agentId, attempt }: Subject,
  isContinued: boolean,
): PromptParts {
  const state = stateOf(task);
  const stored = task.context.journal.sessionEvents(state.id, {
    limit: 10_000,
    types: ['HandoffStored'],
  });
  const known = agentOf(state, agentId);
  // In a round of the whole workflow, all hand-offs are new.
  const isWholeRound = known !== undefined && beginsWorkflowRound(state, known);
  const location = locationOf(runtimeOf(state, agentId));
  return {
    workflowName: state.workflow.name,
    workflowDescription: state.workflow.description,
    agent: knownDocument(state, agentId),
    attempt: known === undefined ? 1 : 1 + triesBefore(known, attempt),
    round: roundOf(state, agentId),
    enhance: enhanceRoundOf(task, agentId, isContinued),
    environment: workingEnvironment(state, location),
    input: inputOf(task),
    handoffs: receivedHandoffs(
      state,
      stored.map(({ event }) => event),
      agentId,
      isContinued && !isWholeRound,
    ),
    branchesToMerge: branchesToMerge(state, agentId, isContinued),
    outgoing: outgoing(state, agentId),
    conditions: conditionsFrom(state, agentId).filter(({ by }) => by === 'agent'),
  };
}

/** `isContinued`: the prompt is sent to a thread that already knows the agent's instructions. */
function promptOf(
  task: Pick<IntendTask, 'context' | 'sessionId'>,
  effect: Subject,
  isContinued: boolean,
): string {
  if (effect.agentId === PLANNER_ID) return composePlannerPrompt(plannerParts(task, inputOf(task)));
  const parts = promptParts(task, effect, isContinued);
  // A round of the whole workflow repeats everything, because any of it may have changed.
  return isContinued && parts.enhance === null ? composeRoundPrompt(parts) : composePrompt(parts);
}

const isInCloud = (state: SessionState, id: Subject['agentId']): boolean =>
  locationOf(runtimeOf(state, id)) === 'cloud';

/** On this machine, branches are merged when the folder is prepared, so only an agent that continues merges them itself. */
function branchesToMerge(
  state: SessionState,
  id: Subject['agentId'],
  isContinued: boolean,
): PromptParts['branchesToMerge'] {
  if (isInCloud(state, id)) return startingPoint(state, id).branchesToMerge;
  if (!isContinued || state.local === null) return [];
  const { folder } = state.local;
  return upstreamBases(state, id).map(({ branch, repoUrl = folder }) => ({ repoUrl, branch }));
}

const triesBefore = ({ attempts, round }: AgentState, attempt: number): number =>
  attempts.filter((one) => one.round === round && one.number < attempt).length;

function knownDocument(state: SessionState, id: Subject['agentId']): Agent {
  const agent = documentOf(state, id);
  if (agent === undefined) throw new Error(`No agent ${id} in session ${state.id}`);
  return agent;
}

/** The input of the session, which is too long to be part of its state. */
function inputOf({ context, sessionId }: Pick<IntendTask, 'context' | 'sessionId'>): string | null {
  const [start] = context.journal.sessionEvents(sessionId, { limit: 1, types: ['SessionStarted'] });
  return start?.event.type === 'SessionStarted' ? (start.event.input ?? null) : null;
}
