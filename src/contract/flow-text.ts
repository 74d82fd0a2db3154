import { agentName } from '../workflow/agent-name.ts';
import type { EventView } from './event-views.ts';
import type { ConnectionView, LoopView } from './flow-views.ts';
import type { SessionDetail } from './session-views.ts';

/* Texts about the flow of a session that all clients share. */

export const connectionStateLabels: Readonly<Record<ConnectionView['state'], string>> = {
  pending: 'waiting',
  'awaiting-approval': 'waiting for approval',
  taken: 'taken',
  'not-taken': 'not taken',
  blocked: 'blocked',
};

const loopEnds: Readonly<Record<NonNullable<LoopView['cause']>, string>> = {
  'condition-met': 'its exit condition was met',
  'most-rounds': 'the maximum number of rounds was reached',
  cancelled: 'it was cancelled',
  failed: 'an agent did not succeed',
  rejected: 'work was rejected',
  'not-reached': 'its last agent was not reached',
};

/** "round 2 of 4", or how it ended. */
export function loopText({ state, round, mostRounds, cause, reason }: LoopView): string {
  const which = `round ${round} of ${mostRounds}`;
  const why = reason === null ? '' : ` (${reason})`;
  switch (state) {
    case 'running':
      return which;
    case 'undecided':
      return `${which}; the next step is being decided`;
    case 'unclear':
      return `${which}; you decide whether there is another one`;
    case 'continues':
      return `${which}; another one follows${why}`;
    case 'ended':
      return `ended after ${which}: ${cause === null ? 'no cause is known' : loopEnds[cause]}${why}`;
    default:
      return state satisfies never;
  }
}

/** Own loops of agents have no connection. */
const OWN_LOOP = 'loop:';

type Names = Pick<SessionDetail, 'agents' | 'connections'>;

/** Which way a loop leads, by the names of its agents, with its label. */
export function loopName({ id }: Pick<LoopView, 'id'>, names: Names, arrow: string): string {
  const connection = names.connections.find((one) => one.id === id);
  if (connection !== undefined) return labelledWay(connection, names, arrow);
  return `${agentName(names, isOwn(id) ? id.slice(OWN_LOOP.length) : id)} by itself`;
}

/** A connection in a list: the names of its agents, and its label, if it has one. */
export function labelledWay(
  { source, target, label }: Pick<ConnectionView, 'source' | 'target' | 'label'>,
  names: Pick<Names, 'agents'>,
  arrow: string,
): string {
  const way = `${agentName(names, source)} ${arrow} ${agentName(names, target)}`;
  return label === null || label === '' ? way : `${way} (${label})`;
}

/** What a person knows a connection by: its label, otherwise the names of its agents. */
export function connectionName(id: string, names: Names, arrow: string): string {
  const connection = names.connections.find((one) => one.id === id);
  const label = connection?.label ?? '';
  // The id is left of a connection that is no longer in the workflow.
  if (connection === undefined) return `"${id}"`;
  return label === '' ? labelledWay(connection, names, arrow) : `"${label}"`;
}

export type FlowEventText = {
  readonly text: string;
  /** A person has to do something, or nothing continues here. */
  readonly isUrgent: boolean;
};

const flowEvents: ReadonlySet<string> = new Set([
  'ConnectionDecided',
  'DecisionUnclear',
  'GateOpened',
  'GateAnswered',
  'RoundOpened',
  'LoopEnded',
  'ThreadReplaced',
]);

/** `flowEventWords` has words for it. */
export const isFlowEvent = ({ type }: Pick<EventView, 'type'>): boolean => flowEvents.has(type);

/**
 * What was decided about the way of a session, in a sentence about the agent of the event; null for other events.
 * `nameOf` names a connection by its id.
 */
export function flowEventText(
  event: Partial<EventView> & { type: string },
  nameOf: (connectionId: string) => string,
): FlowEventText | null {
  const text = (name: string): string => (typeof event[name] === 'string' ? event[name] : '');
  const noted = (name: string): string => (text(name) === '' ? '' : `: ${text(name)}`);
  const connectionId = text('connectionId');
  const what = isOwn(connectionId)
    ? 'its exit condition'
    : `the condition of ${nameOf(connectionId)}`;
  const question = isVerdict(connectionId) ? 'the work is right' : `${what} holds`;
  const say = (words: string, isUrgent = false): FlowEventText => ({ text: words, isUrgent });
  switch (event.type) {
    case 'ConnectionDecided':
      if (isVerdict(connectionId)) {
        const isGood = event.holds === true;
        return say(verdictText(isGood, text('by')) + noted('reason'), !isGood);
      }
      return say(decisionText(event.holds === true, text('by'), what) + noted('reason'));
    case 'DecisionUnclear':
      return say(`could not say whether ${question}, so you decide${noted('reason')}`, true);
    case 'GateOpened':
      return say(`${subjectOf(connectionId)} waits for approval`, true);
    case 'GateAnswered': {
      const isEdited = event.plan !== undefined;
      const answer = isEdited
        ? 'was edited and approved'
        : (gateAnswers[text('answer')] ?? 'was answered');
      return say(
        `${subjectOf(connectionId)} ${answer}${noted('note')}`,
        text('answer') !== 'approve',
      );
    }
    case 'RoundOpened':
      return say(`round ${Number(event.round)} begins${noted('reason')}`);
    case 'LoopEnded': {
      const cause = Object.entries(loopEnds).find(([name]) => name === text('cause'))?.[1];
      const own = isOwn(connectionId) ? 'its own loop' : `the loop ${nameOf(connectionId)}`;
      return say(`${own} ended after round ${Number(event.round)}: ${cause}${noted('reason')}`);
    }
    case 'ThreadReplaced':
      return say(
        'begins this round in a new conversation, because the old one cannot be continued',
      );
    default:
      return null;
  }
}

const isOwn = (connectionId: string): boolean => connectionId.startsWith(OWN_LOOP);

/** The verdict of an agent on a round of Loop & Enhance belongs to no connection. */
const isVerdict = (connectionId: string): boolean => connectionId.startsWith('verdict:');

function verdictText(isGood: boolean, by: string): string {
  const verdict = isGood ? 'the work is right' : 'the work is not right yet';
  return by === 'person' ? `a person decided that ${verdict}` : `says that ${verdict}`;
}

const subjectOf = (connectionId: string): string => (connectionId === '' ? 'its plan' : 'its work');

const gateAnswers: Readonly<Record<string, string>> = {
  approve: 'was approved',
  reject: 'was rejected',
  changes: 'needs changes',
};

function decisionText(holds: boolean, by: string, what: string): string {
  if (by === 'else')
    return holds
      ? `no condition holds, so ${what.replace('the condition of ', '')} is taken`
      : `a condition holds, so ${what.replace('the condition of ', '')} is not taken`;
  const said = `${what} ${holds ? 'holds' : 'does not hold'}`;
  return by === 'person' ? `a person decided that ${said}` : said;
}
