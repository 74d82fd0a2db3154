import type { EventView } from './event-views.ts';
import type { ConnectionView, LoopView } from './flow-views.ts';
import type { SessionDetail } from './session-views.ts';

/** The ways of a session in words, the same in every client. */

export const connectionStateWords: Readonly<Record<ConnectionView['state'], string>> = {
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
export function loopWords({ state, round, mostRounds, cause, reason }: LoopView): string {
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

/** Which way a loop leads, by the names of its agents. */
export function loopName(
  { id }: Pick<LoopView, 'id'>,
  { agents, connections }: Pick<SessionDetail, 'agents' | 'connections'>,
  arrow: string,
): string {
  const nameOf = (agentId: string) => agents.find((one) => one.id === agentId)?.name ?? agentId;
  const connection = connections.find((one) => one.id === id);
  if (connection !== undefined)
    return `${nameOf(connection.source)} ${arrow} ${nameOf(connection.target)}`;
  return `${nameOf(id.startsWith(OWN_LOOP) ? id.slice(OWN_LOOP.length) : id)} by itself`;
}

export type FlowSentence = {
  readonly text: string;
  /** A person has to do something, or nothing continues here. */
  readonly isUrgent: boolean;
};

/** What was decided about the way of a session, in a sentence about the agent of the event; null for other events. */
export function flowEventWords(event: Partial<EventView> & { type: string }): FlowSentence | null {
  const text = (name: string): string => (typeof event[name] === 'string' ? event[name] : '');
  const noted = (name: string): string => (text(name) === '' ? '' : `: ${text(name)}`);
  const what = conditionName(text('connectionId'));
  const question = isVerdict(text('connectionId')) ? 'the work is right' : `${what} holds`;
  const say = (words: string, isUrgent = false): FlowSentence => ({ text: words, isUrgent });
  switch (event.type) {
    case 'ConnectionDecided':
      if (isVerdict(text('connectionId'))) {
        const isGood = event.holds === true;
        return say(verdictWords(isGood, text('by')) + noted('reason'), !isGood);
      }
      return say(decisionWords(event.holds === true, text('by'), what) + noted('reason'));
    case 'DecisionUnclear':
      return say(`could not say whether ${question}, so you decide${noted('reason')}`, true);
    case 'GateOpened':
      return say(`${subjectOf(text('connectionId'))} waits for approval`, true);
    case 'GateAnswered': {
      const isEdited = event.plan !== undefined;
      const answer = isEdited
        ? 'was edited and approved'
        : (gateAnswers[text('answer')] ?? 'was answered');
      return say(
        `${subjectOf(text('connectionId'))} ${answer}${noted('note')}`,
        text('answer') !== 'approve',
      );
    }
    case 'RoundOpened':
      return say(`round ${Number(event.round)} begins${noted('reason')}`);
    case 'LoopEnded': {
      const cause = Object.entries(loopEnds).find(([name]) => name === text('cause'))?.[1];
      const own = isOwn(text('connectionId')) ? 'its own loop' : `loop "${text('connectionId')}"`;
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

function verdictWords(isGood: boolean, by: string): string {
  const verdict = isGood ? 'the work is right' : 'the work is not right yet';
  return by === 'person' ? `a person decided that ${verdict}` : `says that ${verdict}`;
}

const conditionName = (connectionId: string): string =>
  isOwn(connectionId) ? 'its exit condition' : `the condition of "${connectionId}"`;

const subjectOf = (connectionId: string): string => (connectionId === '' ? 'its plan' : 'its work');

const gateAnswers: Readonly<Record<string, string>> = {
  approve: 'was approved',
  reject: 'was rejected',
  changes: 'needs changes',
};

function decisionWords(holds: boolean, by: string, what: string): string {
  if (by === 'else')
    return holds
      ? `no condition holds, so ${what.replace('the condition of ', '')} is taken`
      : `a condition holds, so ${what.replace('the condition of ', '')} is not taken`;
  const said = `${what} ${holds ? 'holds' : 'does not hold'}`;
  return by === 'person' ? `a person decided that ${said}` : said;
}
