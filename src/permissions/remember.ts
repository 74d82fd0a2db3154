import { wholeOf } from './decide.ts';
import type { PermissionRule, ToolAnswer, ToolRequest } from './tool-request.ts';

/** The rule that an answer beyond "once" makes; null for an answer that counts once. */
export function ruleOf(
  request: Omit<ToolRequest, 'requestId'>,
  answer: ToolAnswer,
): PermissionRule | null {
  if (answer.scope === 'once') return null;
  const { category } = request;
  const made = { category, decision: answer.decision, isAnswer: true } as const;
  return answer.pattern === undefined
    ? { ...made, pattern: wholeOf(request), isExact: true }
    : { ...made, pattern: answer.pattern };
}
