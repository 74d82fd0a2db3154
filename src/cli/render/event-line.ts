import { type Backend, withCloudName } from '../../contract/cloud-name.ts';
import { isPlannerId } from '../../contract/enhance-text.ts';
import type { EventView } from '../../contract/event-views.ts';
import { flowEventText } from '../../contract/flow-text.ts';
import { asSentence, withSuggestion } from '../../lib/as-sentence.ts';
import { type Fields, fieldsOf } from '../../lib/fields.ts';
import { plural } from '../../lib/format.ts';
import type { Tone } from '../terminal/lines.ts';
import type { EventNames } from './event-names.ts';
import { type Describe, type EventSentence, note, say } from './event-sentence.ts';
import { listField, numberField, textField } from './fields.ts';
import { describeToolAnswer, requestWords } from './request-words.ts';
import { roundSentences } from './round-sentences.ts';

/** Describes an event of a session in words; null for frames of Cursor's stream and for unknown events. */
export function describeEvent(
  event: EventView,
  names: EventNames,
  backend: Backend,
): EventSentence | null {
  const flow = flowEventText(event, names.connection);
  if (flow !== null) return say(flow.text, flow.isUrgent ? 'attention' : 'plain');
  const describe = isOnThisMachine(event) ? localSentences[event.type] : undefined;
  const sentence = (describe ?? sentences[event.type])?.(event, names) ?? null;
  // A hand-off names an agent as it is called; everything else is about the cloud.
  if (sentence === null || event.type === 'HandoffStored') return sentence;
  return { ...sentence, text: withCloudName(backend, sentence.text) };
}

/** Turns on Cursor's cloud have its own name for them too; events about no turn belong to neither. */
function isOnThisMachine(event: Fields): boolean {
  return textField(event, 'turnId') !== undefined && textField(event, 'cursorRunId') === undefined;
}

const failureText = (value: unknown): string => {
  const failure = fieldsOf(value);
  const message = textField(failure, 'message') ?? '';
  const suggestion = textField(failure, 'suggestion');
  return withSuggestion({ message, suggestion });
};

const because = (value: unknown): string => {
  const text = failureText(value);
  return text === '' ? '' : `: ${text}`;
};

const deferrals: Readonly<Record<string, string>> = {
  concurrency: 'waits for a free slot: the limit of concurrent agents is reached',
  rate_limited: 'waits because Cursor asked it to slow down',
  usage_limit: "waits because the account's usage limit is reached",
  retry: 'waits before the next attempt',
  credentials: 'waits for a valid API key',
  offline: 'waits for the network',
};

/** Why this machine itself cannot start an agent; the reasons of the cloud do not fit there. */
const OF_THIS_MACHINE = new Set<unknown>(['disk_full', 'busy']);

function describeDeferral(event: Fields): EventSentence {
  if (OF_THIS_MACHINE.has(codeOf(event.failure)))
    return say(`cannot be started yet${because(event.failure)}`, 'attention');
  // Which limit it is, or that another agent works in the folder, the failure alone says.
  if (event.reason === 'concurrency' && failureText(event.failure) !== '')
    return say(`waits${because(event.failure)}`, 'attention');
  return say(deferrals[textField(event, 'reason') ?? ''] ?? 'ready to launch', 'attention');
}

function describeFollowUp(event: Fields): EventSentence {
  const purpose = textField(event, 'purpose');
  if (purpose === 'handoff-repair') {
    const isPlanner = isPlannerId(textField(event, 'agentId') ?? '');
    const what = isPlanner ? 'correct its edits, which cannot be used' : 'repair its hand-off';
    return say(`asked to ${what}`, 'attention');
  }
  return say(followUps[purpose ?? ''] ?? 'follow-up is being sent', followUpTone(purpose));
}

const followUps: Readonly<Record<string, string>> = {
  resume: 'its work was interrupted and is being resumed',
  decision: 'asked whether its conditions hold',
  changes: 'asked for changes',
  'carry-out': 'asked to carry out its plan',
};

const followUpTone = (purpose: string | undefined): Tone =>
  purpose === 'resume' ? 'attention' : 'plain';

const outcomes: Readonly<Record<string, string>> = {
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

const localOutcomes: Readonly<Record<string, string>> = {
  ...outcomes,
  finished: 'finished on this machine',
  error: 'ended with an error',
  cancelled: 'was cancelled',
  expired: 'expired',
  gone: 'is no longer known on this machine',
};

function describeEnd(
  event: Fields,
  words: Readonly<Record<string, string>>,
  otherwise: string,
): EventSentence {
  const text = words[textField(event, 'outcome') ?? ''] ?? otherwise;
  const source = event.isUnconfirmed === true ? ', but only according to its stream' : '';
  const notes = listField(event, 'notes').map((part) => ` ${String(part)}`);
  const sentence = `${text}${source}${because(event.failure)}`;
  return notes.length === 0
    ? note(sentence)
    : say(`${asSentence(sentence)}${notes.join('')}`, 'attention');
}

const sentences: Readonly<Record<string, Describe>> = {
  SessionStarted: (event) => say(`session started (${textField(event, 'mode') ?? 'cloud'})`),
  LaunchIntended: (event, names) =>
    say(['launching', names.launch(event)].filter(Boolean).join(', '), 'busy'),
  LaunchDeferred: describeDeferral,
  LaunchUncertain: (event) =>
    // What every launch is for a moment; with variables it is stored, since none may be sent twice.
    codeOf(event.failure) === 'launch_in_flight'
      ? note('sent, waiting for the response')
      : say(
          `may or may not have been launched; asking again${because(event.failure)}`,
          'attention',
        ),
  Launched: (event) => {
    const how = event.adopted === true ? 'found on Cursor after a lost response' : 'running';
    return say(
      `${how} (${textField(event, 'threadId') ?? textField(event, 'cursorAgentId') ?? 'unknown id'})`,
      'busy',
    );
  },
  LaunchRejected: (event) => say(`was not launched${because(event.failure)}`, 'bad'),
  ConnectionChanged: describeConnection,
  RunObserved: (event) => note(`Cursor reports ${textField(event, 'status') ?? 'nothing'}`),
  RunEnded: (event) => describeEnd(event, outcomes, 'ended on Cursor'),
  EndChecked: (event) => {
    const status = textField(event, 'status') ?? 'nothing';
    if (status === 'FINISHED') return note('its record now says FINISHED too');
    return say(`its record says ${status}`, 'attention');
  },
  StreamGap: (event) =>
    say(`output may be missing here: ${textField(event, 'detail') ?? ''}`, 'attention'),
  StreamEnded: (event) =>
    event.complete === true ? note('all output read') : note('output ended early'),
  HandoffStored: (event, names) =>
    note(`handed off to ${names.agent(textField(event, 'targetAgentId') ?? '')}`),
  FollowUpIntended: describeFollowUp,
  FollowUpSent: () => say('follow-up delivered', 'busy'),
  FollowUpRejected: (event) => say(`follow-up was rejected${because(event.failure)}`, 'bad'),
  AgentSettled: (event) => {
    const outcome = textField(event, 'outcome') ?? 'settled';
    return say(`${outcome}${because(event.cause)}`, endTones[outcome] ?? 'plain');
  },
  ToolRequested: (event) => say(`${requestWords(event.request)}; waiting for you`, 'attention'),
  ToolRequestAnswered: describeToolAnswer,
  ToolAnswerDelivered: () => null,
  ToolRequestWithdrawn: (event) =>
    say(`no longer waits for permission: ${textField(event, 'reason') ?? ''}`, 'attention'),
  ...roundSentences,
  ArtifactsReported: describeArtifacts,
  UsageReported: (event) => {
    const total = numberField(fieldsOf(event.usage), 'totalTokens');
    return total === undefined ? null : note(`used ${total.toLocaleString('en-US')} tokens`);
  },
  CommitsRecorded: (event) => {
    const moment = textField(event, 'moment') === 'base' ? 'starts from' : 'ends at';
    const commits = listField(event, 'commits').map((found) => {
      const { ref, commit } = fieldsOf(found);
      return `${String(ref)} ${String(commit).slice(0, 10)}`;
    });
    return commits.length === 0 ? null : note(`${moment} ${commits.join(', ')}`);
  },
  CancelRequested: (event) =>
    say(
      event.agentId === undefined || event.agentId === null
        ? 'cancelling all agents'
        : 'cancelling',
      'attention',
    ),
  CancelUnconfirmed: (event) =>
    say(`could not confirm the cancellation${because(event.failure)}`, 'bad'),
  RetryRequested: () => say('will be retried'),
  BudgetChanged: () => say('the budget was changed'),
  SessionHeld: () =>
    say('session is waiting for you (continue it with: cerevisor reconnect)', 'attention'),
  SessionResumed: () => say('session continues'),
  SessionEnded: (event) => {
    const outcome = textField(event, 'outcome') ?? 'ended';
    return say(`session ${outcome}`, endTones[outcome] ?? 'plain');
  },
  SessionDismissed: () => note('session dismissed'),
  SessionRestored: () => note('session restored'),
};

/** What the cloud says of its agents, this machine says of its own. */
const localSentences: Readonly<Record<string, Describe>> = {
  Launched: (event) => {
    const how = event.adopted === true ? 'found after a lost response' : 'running';
    return say(`${how} (${textField(event, 'threadId') ?? 'unknown id'})`, 'busy');
  },
  RunObserved: (event) => note(`this machine reports ${textField(event, 'status') ?? 'nothing'}`),
  RunEnded: (event) => describeEnd(event, localOutcomes, 'ended'),
};

function describeConnection(event: Fields): EventSentence {
  const reason = textField(event, 'reason');
  const why = reason === undefined ? '' : `: ${reason}`;
  const connection = textField(event, 'connection');
  if (connection === 'live') return say('connected, its stream is being read');
  if (connection === 'unknown') return say(`state unknown${why}`, 'attention');
  // Also told of a run that has ended, while the rest of its stream is read.
  return say(`reconnecting${why}`, 'attention');
}

function describeArtifacts(event: Fields): EventSentence | null {
  const count = plural(listField(event, 'artifacts').length, 'artifact');
  switch (textField(event, 'state')) {
    case 'complete':
      return say(`${count} saved`, 'good');
    case 'offered':
      return say(`${count} can be downloaded (cerevisor artifacts SESSION --refetch)`, 'attention');
    case 'incomplete':
      return say(`not every artifact could be saved${because(event.failure)}`, 'attention');
    case 'unavailable':
      return say(`artifacts are not available${because(event.failure)}`, 'attention');
    default:
      return null;
  }
}

const codeOf = (failure: unknown): unknown =>
  typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
