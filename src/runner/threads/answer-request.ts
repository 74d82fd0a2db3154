import { isDeepStrictEqual } from 'node:util';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import { type Answer, refusal } from './refusal.ts';
import type { TurnState } from './thread-state.ts';

/** Why an answer is not taken, or that it was taken before; null when the request is open. */
export function refuseAnswer(
  turn: TurnState | undefined,
  requestId: string,
  answer: ToolAnswer,
): Answer<null> | null {
  const asked = turn?.requests.find(
    (one) => (one.kind === 'open' ? one.request.requestId : one.requestId) === requestId,
  );
  switch (asked?.kind) {
    case undefined:
      return refusal('not_found', 'There is no such request.');
    case 'open':
      return null;
    case 'answered':
      return isDeepStrictEqual(plain(asked.answer), plain(answer))
        ? { ok: true, value: null }
        : refusal('request_ended', 'The request was already answered.');
    case 'withdrawn':
      return refusal('request_ended', 'This request no longer needs an answer.');
    default:
      return asked satisfies undefined;
  }
}

/** Without fields that say nothing. */
const plain = ({ decision, scope, note, pattern }: ToolAnswer) => ({
  decision,
  scope,
  note: note ?? null,
  pattern: pattern ?? null,
});
