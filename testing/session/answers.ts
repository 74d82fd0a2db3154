import type { Command, CommandOf } from '../../src/session/effects.ts';
import type { LifecycleEvent } from '../../src/session/events.ts';
import type { SessionState } from '../../src/session/state.ts';
import type { Choices } from './choices.ts';
import { branchesOf, runAlive, runEnded } from './run-facts.ts';
import { cursorAgentId, failure, followUpId, runId } from './sample-events.ts';

/** What an answer is made from: decisions, the newest state, ids that come once, and the time. */
export type AnswerContext = {
  readonly choices: Choices;
  readonly state: SessionState;
  readonly at: number;
  mint(prefix: string): string;
};

/** One legal answer to a command: what the engine might store after carrying it out, in one transaction. */
export function answer(command: Command, context: AnswerContext): LifecycleEvent[] {
  switch (command.kind) {
    case 'record':
      return [command.event];
    case 'intend-launch':
      return [intendLaunch(command, context)];
    case 'schedule-retry':
      return [defer(command, 'retry', context.at + 5_000)];
    case 'launch':
      return [launch(command, context)];
    case 'resolve-launch':
      return [context.choices.pick(launched(command, context), rejectLaunch(command))];
    case 'follow':
      return follow(command, context);
    case 'cancel-run':
      return [cancelRun(command, context)];
    case 'send-follow-up':
      return [sendFollowUp(command, context)];
    case 'hand-off':
      return handOff(command, context);
    case 'collect-artifacts':
      return [collectArtifacts(command, context)];
    case 'check-end':
      return [checkEnd(command, context)];
    case 'report-usage':
      return [reportUsage(command, context)];
    case 'record-base':
      return [{ type: 'CommitsRecorded', ...subject(command), moment: 'base', commits: [] }];
    default:
      return command satisfies never;
  }
}

type Subject = Pick<CommandOf<'launch'>, 'agentId' | 'attempt'>;
const subject = ({ agentId, attempt }: Subject): Subject => ({ agentId, attempt });

function intendLaunch(
  command: CommandOf<'intend-launch'>,
  { choices, mint, at }: AnswerContext,
): LifecycleEvent {
  if (choices.isOneIn(6)) return defer(command, 'concurrency', at + 1_000);
  return {
    type: 'LaunchIntended',
    ...subject(command),
    cursorAgentId: cursorAgentId(mint('bc')),
    requestHash: 'hash',
    prompt: 'Do the work.',
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
  };
}

function defer(
  command: Subject,
  reason: Extract<LifecycleEvent, { type: 'LaunchDeferred' }>['reason'],
  until?: number,
): LifecycleEvent {
  return {
    type: 'LaunchDeferred',
    ...subject(command),
    reason,
    ...(until === undefined ? {} : { until }),
  };
}

function launch(command: CommandOf<'launch'>, context: AnswerContext): LifecycleEvent {
  const { choices, at } = context;
  const kind = choices.pick('ok', 'ok', 'ok', 'defer', 'credentials', 'uncertain', 'rejected');
  switch (kind) {
    case 'ok':
      return launched(command, context);
    case 'defer':
      return defer(command, choices.pick('rate_limited', 'offline'), at + 2_000);
    case 'credentials':
      return defer(command, choices.pick('credentials', 'usage_limit'));
    case 'uncertain':
      return { type: 'LaunchUncertain', ...subject(command), failure: failure('unreachable') };
    case 'rejected':
      return rejectLaunch(command);
    default:
      return kind satisfies never;
  }
}

function launched(
  command: CommandOf<'launch' | 'resolve-launch'>,
  { mint }: AnswerContext,
): LifecycleEvent {
  return {
    type: 'Launched',
    ...subject(command),
    cursorAgentId: command.cursorAgentId,
    cursorRunId: runId(mint('run')),
    adopted: command.kind === 'resolve-launch',
  };
}

function rejectLaunch(command: Subject): LifecycleEvent {
  return { type: 'LaunchRejected', ...subject(command), failure: failure('invalid_request') };
}

function follow(command: CommandOf<'follow'>, context: AnswerContext): LifecycleEvent[] {
  const { choices } = context;
  const { agentId, attempt, cursorRunId } = command;
  const about = { agentId, attempt, cursorRunId };
  const end = (complete: boolean): LifecycleEvent => ({ type: 'StreamEnded', ...about, complete });
  const gap: LifecycleEvent = {
    type: 'StreamGap',
    ...about,
    reason: choices.pick('stream_expired', 'unreadable'),
    detail: 'The rest is gone.',
  };
  if (command.hasEnded) return choices.isOneIn(4) ? [gap, end(false)] : [end(true)];
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
      return [runEnded(about, choices.pick('error', 'expired', 'cancelled'), context)];
    default:
      return kind satisfies never;
  }
}

function cancelRun(command: CommandOf<'cancel-run'>, context: AnswerContext): LifecycleEvent {
  const kind = context.choices.pick('cancelled', 'finished', 'unconfirmed');
  return kind === 'unconfirmed'
    ? { type: 'CancelUnconfirmed', ...subject(command), failure: failure('cancel_unconfirmed') }
    : runEnded(command, kind, context);
}

function sendFollowUp(
  command: CommandOf<'send-follow-up'>,
  { choices, mint }: AnswerContext,
): LifecycleEvent {
  const about = { ...subject(command), followUpId: command.followUpId };
  return choices.isOneIn(4)
    ? { type: 'FollowUpRejected', ...about, failure: failure('agent_gone') }
    : { type: 'FollowUpSent', ...about, cursorRunId: runId(mint('run')) };
}

function handOff(command: CommandOf<'hand-off'>, context: AnswerContext): LifecycleEvent[] {
  const { choices, state, mint } = context;
  const { agentId, attempt } = command;
  const outgoing = state.workflow.connections.filter(({ source }) => source === agentId);
  if (outgoing.length > 0 && choices.isOneIn(4)) return [repairOrFail(command, context, mint)];
  return [
    ...outgoing.map(
      (connection): LifecycleEvent => ({
        type: 'HandoffStored',
        agentId,
        attempt,
        connectionId: connection.id,
        targetAgentId: connection.target,
        format: 'summary',
        content: 'Done.',
        outputFiles: [],
        branches: branchesOf(command, true),
      }),
    ),
    { type: 'AgentSettled', agentId, attempt, outcome: 'completed' },
  ];
}

function repairOrFail(
  { agentId, attempt }: CommandOf<'hand-off'>,
  { state }: AnswerContext,
  mint: AnswerContext['mint'],
): LifecycleEvent {
  const agent = state.agents.find(({ id }) => id === agentId);
  const runs = agent?.attempts.find(({ number }) => number === attempt)?.runs ?? [];
  return runs.some(({ purpose }) => purpose === 'handoff-repair')
    ? {
        type: 'AgentSettled',
        agentId,
        attempt,
        outcome: 'failed',
        cause: failure('handoff_invalid'),
      }
    : {
        type: 'FollowUpIntended',
        agentId,
        attempt,
        followUpId: followUpId(mint('f')),
        purpose: 'handoff-repair',
        prompt: 'Once more, please.',
      };
}

function collectArtifacts(
  command: CommandOf<'collect-artifacts'>,
  { choices }: AnswerContext,
): LifecycleEvent {
  const about = { type: 'ArtifactsReported', ...subject(command) } as const;
  const remote = { path: 'artifacts/report.md', sizeBytes: 12 };
  if (command.purpose === 'offer') return { ...about, state: 'offered', artifacts: [remote] };
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
  { agentId, attempt, cursorRunId }: CommandOf<'check-end'>,
  { choices }: AnswerContext,
): LifecycleEvent {
  const status = choices.pick('FINISHED', 'ERROR', 'CANCELLED', 'RUNNING');
  return { type: 'EndChecked', agentId, attempt, cursorRunId, status, branches: [] };
}

function reportUsage(
  command: CommandOf<'report-usage'>,
  { choices }: AnswerContext,
): LifecycleEvent {
  const about = {
    type: 'UsageReported',
    ...subject(command),
    cursorRunId: command.cursorRunId,
  } as const;
  const state = choices.pick('known', 'pending', 'unavailable');
  if (state !== 'known') return { ...about, state };
  const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
  return { ...about, state, usage: { ...usage, totalTokens: 10 }, chargedCents: 5 };
}
