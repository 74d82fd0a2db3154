import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import type { PermissionRule } from '../../permissions/tool-request.ts';
import type { SessionEventOf } from '../events.ts';
import type { TurnId } from '../ids.ts';
import { isSettled, latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, Attempt, SessionState } from '../state.ts';
import type { OpenToolRequest, ToolRequestAnswer, ToolRequests } from './request-state.ts';

export type ToolRequestEvent = SessionEventOf<
  'ToolRequested' | 'ToolRequestAnswered' | 'ToolAnswerDelivered' | 'ToolRequestWithdrawn'
>;

const none: ToolRequests = { open: [], endedIds: [] };

export function evolveRequests(attempt: Attempt, event: ToolRequestEvent, at: number): Attempt {
  const turn = attempt.turns.find(({ id }) => id === event.turnId);
  if (turn === undefined || turn.ended !== null) return attempt;
  const requests = attempt.requests ?? none;
  const after = afterEvent(requests, event, at);
  return after === requests ? attempt : { ...attempt, requests: after };
}

/** Open requests end with their turn. */
export function withoutRequests(attempt: Attempt, turnId: TurnId): Attempt {
  if (attempt.requests === undefined || latestTurn(attempt)?.id !== turnId) return attempt;
  const { requests: _, ...others } = attempt;
  return others;
}

function afterEvent(requests: ToolRequests, event: ToolRequestEvent, at: number): ToolRequests {
  const { open, endedIds } = requests;
  if (event.type === 'ToolRequested') {
    const { args: _, diff: __, ...request } = event.request;
    const isKnown =
      endedIds.includes(request.requestId) ||
      open.some((one) => one.request.requestId === request.requestId);
    if (isKnown) return requests;
    const opened = { turnId: event.turnId, request, askedAt: at, answer: null };
    return { ...requests, open: [...open, opened] };
  }
  const known = open.find(({ request }) => request.requestId === event.requestId);
  if (known === undefined) return requests;
  if (event.type === 'ToolRequestAnswered') {
    if (known.answer !== null) return requests;
    const { decision, scope, note, pattern, by } = event;
    const answer = {
      ...{ decision, scope, by },
      ...(note === undefined ? {} : { note }),
      ...(pattern === undefined ? {} : { pattern }),
    };
    return { ...requests, open: open.map((one) => (one === known ? { ...one, answer } : one)) };
  }
  return {
    open: open.filter((one) => one !== known),
    endedIds: [...endedIds, event.requestId],
  };
}

/** The rules of a session after an answer. An answer for more than one call adds a rule. */
export function rulesAfter(
  state: SessionState,
  event: SessionEventOf<'ToolRequestAnswered'>,
): readonly PermissionRule[] {
  const rules = state.toolRules ?? [];
  const opened = openRequestsOf(state).find(({ request }) => request.requestId === event.requestId);
  if (opened === undefined || event.by === 'rule') return rules;
  const rule = ruleFromAnswer({ ...opened.request, args: null }, toolAnswerOf(event));
  return rule === null ? rules : [...rules, rule];
}

/** The answer as the runtime accepts it, which has no scope beyond the session. */
export const toolAnswerOf = ({ decision, scope, note, pattern }: ToolRequestAnswer) => ({
  decision,
  scope: scope === 'once' ? ('once' as const) : ('session' as const),
  ...(note === undefined ? {} : { note }),
  ...(pattern === undefined ? {} : { pattern }),
});

export type AgentToolRequest = OpenToolRequest & {
  readonly agent: AgentState;
  readonly attempt: Attempt;
};

/** Unanswered requests, oldest first. */
export function openRequestsOf(state: SessionState): readonly AgentToolRequest[] {
  return state.agents
    .flatMap((agent) =>
      unansweredRequests(agent).map((one) => ({ ...one, agent, attempt: one.attempt })),
    )
    .toSorted((one, other) => one.askedAt - other.askedAt);
}

/** The unanswered requests of one agent. */
export function unansweredRequests(
  agent: AgentState,
): readonly (OpenToolRequest & { attempt: Attempt })[] {
  const attempt = latestAttempt(agent);
  if (attempt === undefined || isSettled(agent) || agent.cancel !== null) return [];
  return (attempt.requests?.open ?? []).flatMap((one) =>
    one.answer === null ? [{ ...one, attempt }] : [],
  );
}
