import type { Effect, EffectOf } from '../../src/session/effects.ts';
import type { LifecycleEvent } from '../../src/session/events.ts';
import type { SessionState } from '../../src/session/state.ts';
import type { Choices } from './choices.ts';
import { branchesOf, runAlive, runEnded } from './run-facts.ts';
import { failure, followUpId, runId, threadId } from './sample-events.ts';

/** What a result is made from: decisions, the newest state, ids that come once, and the time. */
export type ResultContext = {
  readonly choices: Choices;
  readonly state: SessionState;
  readonly at: number;
  mint(prefix: string): string;
};

/** One legal result of an effect: what the engine might store after carrying it out, in one transaction. */
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
    case 'record-base':
      return [{ type: 'CommitsRecorded', ...subject(effect), moment: 'base', commits: [] }];
    default:
      return effect satisfies never;
  }
}

type Subject = Pick<EffectOf<'launch'>, 'agentId' | 'attempt'>;
const subject = ({ agentId, attempt }: Subject): Subject => ({ agentId, attempt });

function intendLaunch(
  effect: EffectOf<'intend-launch'>,
  { choices, mint, at }: ResultContext,
): LifecycleEvent {
  if (choices.isOneIn(6)) return defer(effect, 'concurrency', at + 1_000);
  return {
    type: 'LaunchIntended',
    round: 1,
    runtime: 'cursor-cloud',
    account: null,
    ...subject(effect),
    threadId: threadId(mint('bc')),
    requestHash: 'hash',
    prompt: 'Do the work.',
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
  };
}

function defer(
  effect: Subject,
  reason: Extract<LifecycleEvent, { type: 'LaunchDeferred' }>['reason'],
  until?: number,
): LifecycleEvent {
  return {
    type: 'LaunchDeferred',
    round: 1,
    ...subject(effect),
    reason,
    ...(until === undefined ? {} : { until }),
  };
}

function launch(effect: EffectOf<'launch'>, context: ResultContext): LifecycleEvent {
  const { choices, at } = context;
  const kind = choices.pick('ok', 'ok', 'ok', 'defer', 'credentials', 'uncertain', 'rejected');
  switch (kind) {
    case 'ok':
      return launched(effect, context);
    case 'defer':
      return defer(effect, choices.pick('rate_limited', 'offline'), at + 2_000);
    case 'credentials':
      return defer(effect, choices.pick('credentials', 'usage_limit'));
    case 'uncertain':
      return {
        type: 'LaunchUncertain',
        round: 1,
        ...subject(effect),
        failure: failure('unreachable'),
      };
    case 'rejected':
      return rejectLaunch(effect);
    default:
      return kind satisfies never;
  }
}

function launched(
  effect: EffectOf<'launch' | 'resolve-launch'>,
  { mint }: ResultContext,
): LifecycleEvent {
  return {
    type: 'Launched',
    round: 1,
    ...subject(effect),
    threadId: effect.threadId,
    turnId: runId(mint('run')),
    adopted: effect.kind === 'resolve-launch',
  };
}

function rejectLaunch(effect: Subject): LifecycleEvent {
  return {
    type: 'LaunchRejected',
    round: 1,
    ...subject(effect),
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
  const kind = choices.pick('ended', 'whole', 'connection', 'alive', 'given-up', 'cut', 'failed');
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

function intendResume(
  effect: EffectOf<'intend-resume'>,
  { choices, mint }: ResultContext,
): LifecycleEvent {
  if (choices.isOneIn(5)) {
    const cause = failure('interrupted');
    return { type: 'AgentSettled', round: 1, ...subject(effect), outcome: 'failed', cause };
  }
  return {
    type: 'FollowUpIntended',
    round: 1,
    ...subject(effect),
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
  const { agentId, attempt } = effect;
  const outgoing = state.workflow.connections.filter(({ source }) => source === agentId);
  if (outgoing.length > 0 && choices.isOneIn(4)) return [repairOrFail(effect, context, mint)];
  return [
    ...outgoing.map(
      (connection): LifecycleEvent => ({
        type: 'HandoffStored',
        round: 1,
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
    { type: 'AgentSettled', round: 1, agentId, attempt, outcome: 'completed' },
  ];
}

function repairOrFail(
  { agentId, attempt }: EffectOf<'hand-off'>,
  { state }: ResultContext,
  mint: ResultContext['mint'],
): LifecycleEvent {
  const agent = state.agents.find(({ id }) => id === agentId);
  const turns = agent?.attempts.find(({ number }) => number === attempt)?.turns ?? [];
  return turns.some(({ purpose }) => purpose === 'handoff-repair')
    ? {
        type: 'AgentSettled',
        round: 1,
        agentId,
        attempt,
        outcome: 'failed',
        cause: failure('handoff_invalid'),
      }
    : {
        type: 'FollowUpIntended',
        round: 1,
        agentId,
        attempt,
        followUpId: followUpId(mint('f')),
        purpose: 'handoff-repair',
        prompt: 'Once more, please.',
      };
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
