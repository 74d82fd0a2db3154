import { isDeepStrictEqual } from 'node:util';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import { failed, type Result } from './result.ts';
import type { TurnState } from './thread-state.ts';

/**
 * Null if the request is open and takes the answer; otherwise the result to return: success for the same answer again,
 * or why the answer is rejected.
 */
export function checkAnswer(
  turn: TurnState | undefined,
  requestId: string,
  answer: ToolAnswer,
): Result<null> | null {
  const existing = turn?.requests.find(
    (state) => (state.kind === 'open' ? state.request.requestId : state.requestId) === requestId,
  );
  switch (existing?.kind) {
    case undefined:
      return failed('not_found', 'There is no such request.');
    case 'open':
      return null;
    case 'answered':
      return isDeepStrictEqual(normalized(existing.answer), normalized(answer))
        ? { ok: true, value: null }
        : failed('request_ended', 'The request was already answered.');
    case 'withdrawn':
      return failed('request_ended', 'This request no longer needs an answer.');
    default:
      return existing satisfies undefined;
  }
}

/** Normalizes missing optional fields for the comparison. */
const normalized = ({ decision, scope, note, pattern }: ToolAnswer) => ({
  decision,
  scope,
  note: note ?? null,
  pattern: pattern ?? null,
});
