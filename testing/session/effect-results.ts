import { outgoing, undecidedConditions } from '../../src/session/conditions.ts';
import type { Effect, EffectOf } from '../../src/session/effects.ts';
import type { LifecycleEvent, SessionEventOf } from '../../src/session/events.ts';
import { agentOf, attemptOf, followsDelivery } from '../../src/session/select.ts';
import type { SessionState } from '../../src/session/state.ts';
import { agentId } from '../../src/workflow/ids.ts';
import type { Workflow } from '../../src/workflow/schema.ts';
import type { Choices } from './choices.ts';
import { branchesOf, runAlive, runEnded } from './run-facts.ts';
import { failure, followUpId, runId, threadId } from './sample-events.ts';

/** The input of a result: choices, the latest state, unique ids, and the time. */
export type ResultContext = {
  readonly choices: Choices;
  readonly state: SessionState;
  readonly at: number;
  mint(prefix: string): string;
};

/** Returns one possible result of an effect: events that the engine could store in one transaction. */
export function resultOf(effect: Effect, context: ResultContext): LifecycleEvent[] {
  switch (effect.kind) {
    case 'record':
      return [effect.event];
    case 'intend-launch':
      return [intendLaunch(effect, context)];
    case 'schedule-retry':
      return [defer(effect, 'retry', context.at + 5_000)];
    case 'launch':
      return [launch(effect, context)];
    case 'resolve-launch':
      return [context.choices.pick(launched(effect, context), rejectLaunch(effect))];
    case 'follow':
      return follow(effect, context);
    case 'cancel-run':
      return [cancelRun(effect, context)];
    case 'intend-follow-up':
      return [ask(effect, effect.purpose, context.mint)];
    case 'intend-resume':
      return [intendResume(effect, context)];
    case 'send-follow-up':
      return [sendFollowUp(effect, context)];
    case 'hand-off':
      return handOff(effect, context);
    case 'collect-artifacts':
      return [collectArtifacts(effect, context)];
    case 'check-end':
      return [checkEnd(effect, context)];
    case 'report-usage':
      return [reportUsage(effect, context)];
    case 'answer-request': {
      const { agentId, attempt, turnId, requestId } = effect;
      const about = { agentId, attempt, turnId, requestId };
      return context.choices.isOneIn(3)
        ? [{ type: 'ToolRequestWithdrawn', ...about, reason: 'The turn was interrupted.' }]
        : [{ type: 'ToolAnswerDelivered', ...about }];
    }
    case 'read-edits':
      return readEdits(effect, context);
    case 'record-base':
      return [{ type: 'CommitsRecorded', ...subject(effect), moment: 'base', commits: [] }];
    default:
      return effect satisfies never;
  }
}

/** Removes an agent, adds one, or returns the workflow unchanged. */
function edited(workflow: Workflow, choices: Choices, mint: ResultContext['mint']): Workflow {
  const { agents, connections } = workflow;
  const kind = choices.pick('same', 'same', 'less', 'more');
  const removed = choices.from(agents)?.id;
  if (kind === 'less' && agents.length > 1)
    return {
      ...workflow,
      agents: agents.filter(({ id }) => id !== removed),
      connections: connections.filter(
        ({ source, target }) => source !== removed && target !== removed,
      ),
    };
  const [first] = agents;
  if (kind !== 'more' || first === undefined) return workflow;
  const { loop: _, ...plain } = first;
  return { ...workflow, agents: [...agents, { ...plain, id: agentId(mint('new')) }] };
}

/** Returns useful edits, useless edits, a repair, or a failure. */
function readEdits(
  effect: EffectOf<'read-edits'>,
  { choices, state, mint }: ResultContext,
): LifecycleEvent[] {
  const about = activated(effect);
  const kind = choices.pick('useful', 'useful', 'useful', 'useless', 'repair', 'invalid');
  if (kind === 'repair') return [ask(effect, 'handoff-repair', mint)];
  if (kind === 'invalid')
    return [{ type: 'AgentSettled', ...about, outcome: 'failed', cause: failure('edits_invalid') }];
  const proposal = { summary: 'Better words.', edits: [{ kind: 'update-agent' }] };
  const isRisky = choices.isOneIn(4);
  return [
    {
      type: 'EditsProposed',
      ...about,
      turnId: effect.turnId,
      ...proposal,
      ...(kind === 'useful'
        ? { workflow: edited(state.workflow, choices, mint) }
        : { fault: 'They change nothing.' }),
      approvalReasons: isRisky && kind === 'useful' ? ['It adds a repository.'] : [],
    },
  ];
}

type Subject = Pick<EffectOf<'launch'>, 'agentId' | 'attempt'>;
const subject = ({ agentId, attempt }: Subject): Subject => ({ agentId, attempt });
type Activated = Pick<EffectOf<'launch'>, 'agentId' | 'attempt' | 'round'>;
const activated = ({ agentId, attempt, round }: Activated): Activated => ({
  agentId,
  attempt,
  round,
});

function intendLaunch(
  effect: EffectOf<'intend-launch'>,
  { choices, mint, at, state }: ResultContext,
): LifecycleEvent {
  if (choices.isOneIn(6)) return defer(effect, 'concurrency', at + 1_000);
  return {
    type: 'LaunchIntended',
    runtime: 'cursor-cloud',
    account: null,
    ...activated(effect),
    ...threadFor(effect, state, choices, mint),
    requestHash: 'hash',
    prompt: 'Do the work.',
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
  };
}

/** A round continues the thread of the previous one, unless a new thread was chosen. */
function threadFor(
  { agentId, round }: Activated,
  { agents }: SessionState,
  choices: Choices,
  mint: ResultContext['mint'],
): Pick<SessionEventOf<'LaunchIntended'>, 'threadId' | 'continues'> {
  const before = agents.find(({ id }) => id === agentId)?.attempts.at(-1);
  if (before === undefined || before.round === round || choices.isOneIn(3))
    return { threadId: threadId(mint('bc')) };
  const continues = { attempt: before.number, followUpId: followUpId(mint('f')) };
  return { threadId: before.threadId, continues };
}

function defer(
  effect: Activated,
  reason: Extract<LifecycleEvent, { type: 'LaunchDeferred' }>['reason'],
  until?: number,
): LifecycleEvent {
  return {
    type: 'LaunchDeferred',
    ...activated(effect),
    reason,
    ...(until === undefined ? {} : { until }),
  };
}

function launch(effect: EffectOf<'launch'>, context: ResultContext): LifecycleEvent {
  const { choices, at } = context;
  const kind = choices.pick(
    'ok',
    'ok',
    'ok',
    'replaced',
    'defer',
    'credentials',
    'uncertain',
    'rejected',
  );
  switch (kind) {
    case 'ok':
      return launched(effect, context);
    case 'replaced':
      return replaced(effect, context) ?? launched(effect, context);
    case 'defer':
      return defer(effect, choices.pick('rate_limited', 'offline'), at + 2_000);
    case 'credentials':
      return defer(effect, choices.pick('credentials', 'usage_limit'));
    case 'uncertain':
      return {
        type: 'LaunchUncertain',
        ...activated(effect),
        failure: failure('unreachable'),
      };
    case 'rejected':
      return rejectLaunch(effect);
    default:
      return kind satisfies never;
  }
}

/** Only a thread of an earlier round can be replaced. */
function replaced(
  effect: EffectOf<'launch'>,
  { state, mint }: ResultContext,
): LifecycleEvent | null {
  const agent = state.agents.find(({ id }) => id === effect.agentId);
  if (agent?.attempts.at(-1)?.continues === undefined) return null;
  return {
    type: 'ThreadReplaced',
    ...activated(effect),
    threadId: threadId(mint('bc')),
    requestHash: 'hash',
    prompt: 'Do the work.',
    repositories: [],
    failure: failure('agent_gone'),
  };
}

function launched(
  effect: EffectOf<'launch' | 'resolve-launch'>,
  { mint }: ResultContext,
): LifecycleEvent {
  return {
    type: 'Launched',
    ...activated(effect),
    threadId: effect.threadId,
    turnId: runId(mint('run')),
    adopted: effect.kind === 'resolve-launch',
  };
}

function rejectLaunch(effect: Activated): LifecycleEvent {
  return {
    type: 'LaunchRejected',
    ...activated(effect),
    failure: failure('invalid_request'),
  };
}

function follow(effect: EffectOf<'follow'>, context: ResultContext): LifecycleEvent[] {
  const { choices } = context;
  const { agentId, attempt, turnId } = effect;
  const about = { agentId, attempt, turnId };
  const end = (complete: boolean): LifecycleEvent => ({ type: 'StreamEnded', ...about, complete });
  const gap: LifecycleEvent = {
    type: 'StreamGap',
    ...about,
    reason: choices.pick('stream_expired', 'unreadable'),
    detail: 'The rest is gone.',
  };
  if (effect.hasEnded) return choices.isOneIn(4) ? [gap, end(false)] : [end(true)];
  const kind = choices.pick(
    'ended',
    'whole',
    'connection',
    'alive',
    'given-up',
    'cut',
    'failed',
    'asked',
  );
  switch (kind) {
    case 'ended':
      return [runEnded(about, 'finished', context)];
    case 'whole':
      return [runEnded(about, 'finished', context), end(true)];
    case 'connection':
      return [
        {
          type: 'ConnectionChanged',
          agentId,
          attempt,
          connection: choices.pick('live', 'reconnecting', 'unknown'),
        },
      ];
    case 'asked':
      return [toolRequested(about, context)];
    case 'alive':
      return [runAlive(about, context)];
    case 'given-up':
      return [runEnded(about, choices.pick('silent', 'gone'), context)];
    case 'cut':
      return [gap, end(choices.isOneIn(2))];
    case 'failed':
      return [
        runEnded(about, choices.pick('error', 'expired', 'cancelled', 'interrupted'), context),
      ];
    default:
      return kind satisfies never;
  }
}

/** A tool call of the turn requests permission. */
function toolRequested(
  about: Pick<EffectOf<'follow'>, 'agentId' | 'attempt' | 'turnId'>,
  { mint }: Pick<ResultContext, 'mint'>,
): LifecycleEvent {
  const call = { category: 'execution', tool: 'Bash', command: 'make', folder: '/work' } as const;
  const request = { requestId: mint('request'), args: { command: 'make' }, ...call };
  return { type: 'ToolRequested', ...about, request };
}

function intendResume(
  effect: EffectOf<'intend-resume'>,
  { choices, mint, state }: ResultContext,
): LifecycleEvent {
  if (choices.isOneIn(5)) {
    const cause = failure('interrupted');
    const agent = agentOf(state, effect.agentId);
    const attempt = agent === undefined ? undefined : attemptOf(agent, effect.attempt);
    const turn = attempt?.turns.find(({ id }) => id === effect.turnId);
    const isDelivered =
      agent !== undefined &&
      attempt !== undefined &&
      turn !== undefined &&
      followsDelivery(agent, attempt, turn);
    const outcome = isDelivered ? 'completed' : 'failed';
    return { type: 'AgentSettled', ...activated(effect), outcome, cause };
  }
  if (choices.isOneIn(4))
    return { type: 'LaunchDeferred', ...activated(effect), reason: 'concurrency' };
  return {
    type: 'FollowUpIntended',
    ...activated(effect),
    followUpId: followUpId(mint('f')),
    purpose: 'resume',
    prompt: 'Go on.',
  };
}

function cancelRun(effect: EffectOf<'cancel-run'>, context: ResultContext): LifecycleEvent {
  const kind = context.choices.pick('cancelled', 'finished', 'unconfirmed');
  return kind === 'unconfirmed'
    ? { type: 'CancelUnconfirmed', ...subject(effect), failure: failure('cancel_unconfirmed') }
    : runEnded(effect, kind, context);
}

function sendFollowUp(
  effect: EffectOf<'send-follow-up'>,
  { choices, mint }: ResultContext,
): LifecycleEvent {
  const about = { ...subject(effect), followUpId: effect.followUpId };
  return choices.isOneIn(4)
    ? { type: 'FollowUpRejected', ...about, failure: failure('agent_gone') }
    : { type: 'FollowUpSent', ...about, turnId: runId(mint('run')) };
}

function handOff(effect: EffectOf<'hand-off'>, context: ResultContext): LifecycleEvent[] {
  const { choices, state, mint } = context;
  const { agentId, attempt, round } = effect;
  const connections = outgoing(state, agentId);
  if (connections.length > 0 && choices.isOneIn(4)) return [repairOrFail(effect, context, mint)];
  const decided = decisions(effect, context);
  if (decided === null) return [ask(effect, 'decision', mint)];
  const notTaken = new Set(
    decided.flatMap((event) =>
      event.type === 'ConnectionDecided' && !event.holds ? [event.connectionId] : [],
    ),
  );
  return [
    ...decided,
    ...connections
      .filter(({ id, flowType }) => flowType === 'loop' || !notTaken.has(id))
      .map(
        (connection): LifecycleEvent => ({
          type: 'HandoffStored',
          round,
          agentId,
          attempt,
          connectionId: connection.id,
          targetAgentId: connection.target,
          format: 'summary',
          content: 'Done.',
          outputFiles: [],
          branches: branchesOf(effect, true),
        }),
      ),
    { type: 'AgentSettled', ...activated(effect), outcome: 'completed' },
  ];
}

/** The agent's decision for each condition. Null if the agent must be asked again about an unclear one. */
function decisions(
  effect: EffectOf<'hand-off'>,
  { choices, state }: ResultContext,
): SessionEventOf<'ConnectionDecided' | 'DecisionUnclear'>[] | null {
  const agent = state.agents.find(({ id }) => id === effect.agentId);
  const attempt = agent?.attempts.find(({ number }) => number === effect.attempt);
  if (agent === undefined || attempt === undefined) return [];
  const wasAsked =
    attempt.turns.some(({ purpose }) => purpose === 'decision') ||
    (agent.phase.kind === 'following-up' && agent.phase.purpose === 'decision');
  const answer = undecidedConditions(state, agent.id, attempt).map((condition) => {
    const about = { ...activated(effect), connectionId: condition.connectionId };
    const answer = choices.pick('holds', 'fails', 'holds', 'fails', 'unclear');
    return answer === 'unclear'
      ? ({ type: 'DecisionUnclear', ...about, reason: 'It is missing.' } as const)
      : ({
          type: 'ConnectionDecided',
          ...about,
          holds: answer === 'holds',
          reason: 'So.',
          by: 'agent',
        } as const);
  });
  const isUnclear = answer.some(({ type }) => type === 'DecisionUnclear');
  return isUnclear && !wasAsked ? null : answer;
}

function ask(
  effect: Activated,
  purpose: SessionEventOf<'FollowUpIntended'>['purpose'],
  mint: ResultContext['mint'],
): LifecycleEvent {
  return {
    type: 'FollowUpIntended',
    ...activated(effect),
    followUpId: followUpId(mint('f')),
    purpose,
    prompt: 'Please.',
  };
}

function repairOrFail(
  effect: EffectOf<'hand-off'>,
  { state }: ResultContext,
  mint: ResultContext['mint'],
): LifecycleEvent {
  const agent = state.agents.find(({ id }) => id === effect.agentId);
  const turns = agent?.attempts.find(({ number }) => number === effect.attempt)?.turns ?? [];
  if (!turns.some(({ purpose }) => purpose === 'handoff-repair'))
    return ask(effect, 'handoff-repair', mint);
  const cause = failure('handoff_invalid');
  return { type: 'AgentSettled', ...activated(effect), outcome: 'failed', cause };
}

function collectArtifacts(
  effect: EffectOf<'collect-artifacts'>,
  { choices }: ResultContext,
): LifecycleEvent {
  const about = { type: 'ArtifactsReported', ...subject(effect) } as const;
  const remote = { path: 'artifacts/report.md', sizeBytes: 12 };
  if (effect.purpose === 'offer') return { ...about, state: 'offered', artifacts: [remote] };
  const state = choices.pick('complete', 'none', 'incomplete', 'unavailable');
  switch (state) {
    case 'complete':
      return { ...about, state, artifacts: [{ ...remote, file: 'report.md' }] };
    case 'incomplete':
      return { ...about, state, artifacts: [{ ...remote, error: failure('link_refused') }] };
    case 'none':
    case 'unavailable':
      return { ...about, state, artifacts: [] };
    default:
      return state satisfies never;
  }
}

function checkEnd(
  { agentId, attempt, turnId }: EffectOf<'check-end'>,
  { choices }: ResultContext,
): LifecycleEvent {
  const status = choices.pick('FINISHED', 'ERROR', 'CANCELLED', 'RUNNING');
  return { type: 'EndChecked', agentId, attempt, turnId, status, branches: [] };
}

function reportUsage(effect: EffectOf<'report-usage'>, { choices }: ResultContext): LifecycleEvent {
  const about = {
    type: 'UsageReported',
    ...subject(effect),
    turnId: effect.turnId,
  } as const;
  const state = choices.pick('known', 'pending', 'unavailable');
  if (state !== 'known') return { ...about, state };
  const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
  return { ...about, state, usage: { ...usage, totalTokens: 10 }, chargedCents: 5 };
}
