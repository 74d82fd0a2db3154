import { type Backend, withCloudName } from '../../contract/cloud-name.ts';
import { isPlannerId } from '../../contract/enhance-text.ts';
import type { EventView } from '../../contract/event-views.ts';
import { flowEventText } from '../../contract/flow-text.ts';
import { asSentence, withSuggestion } from '../../lib/as-sentence.ts';
import { type Fields, fieldsOf } from '../../lib/fields.ts';
import { plural } from '../../lib/format.ts';
import type { Tone } from '../terminal/lines.ts';
import type { EventNames } from './event-names.ts';
import { type Describe, type EventSentence, minor, transition } from './event-sentence.ts';
import { listField, numberField, textField } from './fields.ts';
import { describeToolAnswer, formatToolRequest } from './format-request.ts';
import { roundSentences } from './round-sentences.ts';

/** Describes an event of a session in a sentence; null for transcript items and unknown events. */
export function describeEvent(
  event: EventView,
  names: EventNames,
  backend: Backend,
): EventSentence | null {
  const flow = flowEventText(event, names.connection);
  if (flow !== null) return transition(flow.text, flow.isUrgent ? 'attention' : 'plain');
  const describe = isOnThisMachine(event) ? localSentences[event.type] : undefined;
  const sentence = (describe ?? sentences[event.type])?.(event, names) ?? null;
  // Names of agents must not be changed; all other sentences may name the cloud.
  if (sentence === null || event.type === 'HandoffStored') return sentence;
  return { ...sentence, text: withCloudName(backend, sentence.text) };
}

/** Turns on Cursor's cloud also have Cursor's own run id. Events without a turn are neither local nor in the cloud. */
function isOnThisMachine(event: Fields): boolean {
  return textField(event, 'turnId') !== undefined && textField(event, 'cursorRunId') === undefined;
}

const failureText = (value: unknown): string => {
  const failure = fieldsOf(value);
  const message = textField(failure, 'message') ?? '';
  const suggestion = textField(failure, 'suggestion');
  return withSuggestion({ message, suggestion });
};

const failureSuffix = (value: unknown): string => {
  const text = failureText(value);
  return text === '' ? '' : `: ${text}`;
};

const deferralLabels: Readonly<Record<string, string>> = {
  concurrency: 'waits for a free slot: the limit of concurrent agents is reached',
  rate_limited: 'waits because Cursor asked it to slow down',
  usage_limit: "waits because the account's usage limit is reached",
  retry: 'waits before the next attempt',
  credentials: 'waits for a valid API key',
  offline: 'waits for the network',
};

/** Failures of this machine, which the reasons for the cloud do not describe. */
const LOCAL_FAILURE_CODES = new Set<unknown>(['disk_full', 'busy']);

function describeDeferral(event: Fields): EventSentence {
  if (LOCAL_FAILURE_CODES.has(codeOf(event.failure)))
    return transition(`cannot be started yet${failureSuffix(event.failure)}`, 'attention');
  // The failure says which limit was reached, or that another agent works in the folder.
  if (event.reason === 'concurrency' && failureText(event.failure) !== '')
    return transition(`waits${failureSuffix(event.failure)}`, 'attention');
  return transition(
    deferralLabels[textField(event, 'reason') ?? ''] ?? 'ready to launch',
    'attention',
  );
}

function describeFollowUp(event: Fields): EventSentence {
  const purpose = textField(event, 'purpose');
  if (purpose === 'handoff-repair') {
    const isPlanner = isPlannerId(textField(event, 'agentId') ?? '');
    const task = isPlanner ? 'correct its edits, which cannot be used' : 'repair its hand-off';
    return transition(`asked to ${task}`, 'attention');
  }
  return transition(
    followUpLabels[purpose ?? ''] ?? 'follow-up is being sent',
    followUpTone(purpose),
  );
}

const followUpLabels: Readonly<Record<string, string>> = {
  resume: 'its work was interrupted and is being resumed',
  decision: 'asked whether its conditions hold',
  changes: 'asked for changes',
  'carry-out': 'asked to carry out its plan',
};

const followUpTone = (purpose: string | undefined): Tone =>
  purpose === 'resume' ? 'attention' : 'plain';

const cloudOutcomeLabels: Readonly<Record<string, string>> = {
  finished: 'finished on Cursor',
  error: 'ended with an error on Cursor',
  cancelled: 'was cancelled on Cursor',
  expired: 'expired on Cursor',
  silent: 'gave no sign of life for more than 24 hours',
  gone: 'is no longer known to Cursor',
  interrupted: 'was interrupted',
};

const endTones: Readonly<Record<string, Tone>> = {
  completed: 'good',
  finished: 'good',
  failed: 'bad',
  skipped: 'quiet',
  cancelled: 'attention',
};

const localOutcomeLabels: Readonly<Record<string, string>> = {
  ...cloudOutcomeLabels,
  finished: 'finished on this machine',
  error: 'ended with an error',
  cancelled: 'was cancelled',
  expired: 'expired',
  gone: 'is no longer known on this machine',
};

function describeEnd(
  event: Fields,
  outcomeLabels: Readonly<Record<string, string>>,
  fallback: string,
): EventSentence {
  const text = outcomeLabels[textField(event, 'outcome') ?? ''] ?? fallback;
  const source = event.isUnconfirmed === true ? ', but only according to its stream' : '';
  const notes = listField(event, 'notes').map((part) => ` ${String(part)}`);
  const sentence = `${text}${source}${failureSuffix(event.failure)}`;
  return notes.length === 0
    ? minor(sentence)
    : transition(`${asSentence(sentence)}${notes.join('')}`, 'attention');
}

const sentences: Readonly<Record<string, Describe>> = {
  SessionStarted: (event) => transition(`session started (${textField(event, 'mode') ?? 'cloud'})`),
  LaunchIntended: (event, names) =>
    transition(['launching', names.launch(event)].filter(Boolean).join(', '), 'busy'),
  LaunchDeferred: describeDeferral,
  LaunchUncertain: (event) =>
    // Every launch is uncertain until the response arrives; with variables this is stored, because it may not be resent.
    codeOf(event.failure) === 'launch_in_flight'
      ? minor('sent, waiting for the response')
      : transition(
          `may or may not have been launched; asking again${failureSuffix(event.failure)}`,
          'attention',
        ),
  Launched: (event) => {
    const prefix = event.adopted === true ? 'found on Cursor after a lost response' : 'running';
    return transition(
      `${prefix} (${textField(event, 'threadId') ?? textField(event, 'cursorAgentId') ?? 'unknown id'})`,
      'busy',
    );
  },
  LaunchRejected: (event) => transition(`was not launched${failureSuffix(event.failure)}`, 'bad'),
  ConnectionChanged: describeConnection,
  RunObserved: (event) => minor(`Cursor reports ${textField(event, 'status') ?? 'nothing'}`),
  RunEnded: (event) => describeEnd(event, cloudOutcomeLabels, 'ended on Cursor'),
  EndChecked: (event) => {
    const status = textField(event, 'status') ?? 'nothing';
    if (status === 'FINISHED') return minor('its record now says FINISHED too');
    return transition(`its record says ${status}`, 'attention');
  },
  StreamGap: (event) =>
    transition(`output may be missing here: ${textField(event, 'detail') ?? ''}`, 'attention'),
  StreamEnded: (event) =>
    event.complete === true ? minor('all output read') : minor('output ended early'),
  HandoffStored: (event, names) =>
    minor(`handed off to ${names.agent(textField(event, 'targetAgentId') ?? '')}`),
  FollowUpIntended: describeFollowUp,
  FollowUpSent: () => transition('follow-up delivered', 'busy'),
  FollowUpRejected: (event) =>
    transition(`follow-up was rejected${failureSuffix(event.failure)}`, 'bad'),
  AgentSettled: (event) => {
    const outcome = textField(event, 'outcome') ?? 'settled';
    return transition(`${outcome}${failureSuffix(event.cause)}`, endTones[outcome] ?? 'plain');
  },
  ToolRequested: (event) =>
    transition(`${formatToolRequest(event.request)}; waiting for you`, 'attention'),
  ToolRequestAnswered: describeToolAnswer,
  ToolAnswerDelivered: () => null,
  ToolRequestWithdrawn: (event) =>
    transition(`no longer waits for permission: ${textField(event, 'reason') ?? ''}`, 'attention'),
  ...roundSentences,
  ArtifactsReported: describeArtifacts,
  UsageReported: (event) => {
    const total = numberField(fieldsOf(event.usage), 'totalTokens');
    return total === undefined ? null : minor(`used ${total.toLocaleString('en-US')} tokens`);
  },
  CommitsRecorded: (event) => {
    const moment = textField(event, 'moment') === 'base' ? 'starts from' : 'ends at';
    const commits = listField(event, 'commits').map((entry) => {
      const { ref, commit } = fieldsOf(entry);
      return `${String(ref)} ${String(commit).slice(0, 10)}`;
    });
    return commits.length === 0 ? null : minor(`${moment} ${commits.join(', ')}`);
  },
  CancelRequested: (event) =>
    transition(
      event.agentId === undefined || event.agentId === null
        ? 'cancelling all agents'
        : 'cancelling',
      'attention',
    ),
  CancelUnconfirmed: (event) =>
    transition(`could not confirm the cancellation${failureSuffix(event.failure)}`, 'bad'),
  RetryRequested: () => transition('will be retried'),
  BudgetChanged: () => transition('the budget was changed'),
  SessionHeld: () =>
    transition('session is waiting for you (continue it with: cerevisor reconnect)', 'attention'),
  SessionResumed: () => transition('session continues'),
  SessionEnded: (event) => {
    const outcome = textField(event, 'outcome') ?? 'ended';
    return transition(`session ${outcome}`, endTones[outcome] ?? 'plain');
  },
  SessionDismissed: () => minor('session dismissed'),
  SessionRestored: () => minor('session restored'),
};

/** Sentences for local agents that replace those for the cloud. */
const localSentences: Readonly<Record<string, Describe>> = {
  Launched: (event) => {
    const prefix = event.adopted === true ? 'found after a lost response' : 'running';
    return transition(`${prefix} (${textField(event, 'threadId') ?? 'unknown id'})`, 'busy');
  },
  RunObserved: (event) => minor(`this machine reports ${textField(event, 'status') ?? 'nothing'}`),
  RunEnded: (event) => describeEnd(event, localOutcomeLabels, 'ended'),
};

function describeConnection(event: Fields): EventSentence {
  const reason = textField(event, 'reason');
  const why = reason === undefined ? '' : `: ${reason}`;
  const connection = textField(event, 'connection');
  if (connection === 'live')
    return reason === undefined
      ? transition('connected, its stream is being read')
      : transition(reason, 'attention');
  if (connection === 'unknown') return transition(`state unknown${why}`, 'attention');
  // Also reported for a run that has ended, while the rest of its stream is read.
  return transition(`reconnecting${why}`, 'attention');
}

function describeArtifacts(event: Fields): EventSentence | null {
  const count = plural(listField(event, 'artifacts').length, 'artifact');
  switch (textField(event, 'state')) {
    case 'complete':
      return transition(`${count} saved`, 'good');
    case 'offered':
      return transition(
        `${count} can be downloaded (cerevisor artifacts SESSION --refetch)`,
        'attention',
      );
    case 'incomplete':
      return transition(
        `not every artifact could be saved${failureSuffix(event.failure)}`,
        'attention',
      );
    case 'unavailable':
      return transition(`artifacts are not available${failureSuffix(event.failure)}`, 'attention');
    default:
      return null;
  }
}

const codeOf = (failure: unknown): unknown =>
  typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
