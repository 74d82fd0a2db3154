import { exactTextOf } from './decide.ts';
import type { PermissionRule, ToolAnswer, ToolCall } from './tool-request.ts';

/** The rule that an answer creates for later calls; null for an answer with scope `once`. */
export function ruleFromAnswer(request: ToolCall, answer: ToolAnswer): PermissionRule | null {
  if (answer.scope === 'once') return null;
  const { category } = request;
  const rule = { category, decision: answer.decision, isAnswer: true } as const;
  return answer.pattern === undefined
    ? { ...rule, pattern: exactTextOf(request), isExact: true }
    : { ...rule, pattern: answer.pattern };
}
