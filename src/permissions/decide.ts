import { type Operation, operationsOf } from './operations.ts';
import type {
  PermissionDecision,
  PermissionPolicy,
  PermissionRule,
  ToolCall,
  ToolCategory,
} from './tool-request.ts';

/** What a policy decides about a tool call. `reason` names the rule or permission that decided, for display. */
export type PolicyDecision = { readonly decision: PermissionDecision; readonly reason: string };

const STRICTNESS: Readonly<Record<PermissionDecision, number>> = { allow: 0, ask: 1, deny: 2 };

/**
 * Evaluates each operation of the call and returns the strictest decision. A user's earlier answer takes precedence over
 * rules that ask, but not over rules that deny.
 */
export function evaluatePolicy(policy: PermissionPolicy, request: ToolCall): PolicyDecision {
  const decisions = operationsOf(request).map((operation) => evaluateOperation(policy, operation));
  const strictest = decisions.reduce((one, other) =>
    STRICTNESS[other.decision] > STRICTNESS[one.decision] ? other : one,
  );
  if (strictest.decision !== 'ask') return strictest;
  const exact = policy.rules.find(
    (rule) => matchesExactly(rule, request) && rule.decision === 'allow',
  );
  return exact === undefined
    ? strictest
    : { decision: 'allow', reason: 'Allowed by an earlier answer.' };
}

function evaluateOperation(policy: PermissionPolicy, operation: Operation): PolicyDecision {
  const rules = policy.rules.filter(
    (rule) => rule.category === operation.category && ruleMatches(rule, operation),
  );
  const matchingRule =
    rules.find(({ decision }) => decision === 'deny') ??
    rules.find(({ decision, isAnswer }) => decision === 'allow' && isAnswer === true) ??
    rules.find(({ decision }) => decision === 'ask') ??
    rules.find(({ decision }) => decision === 'allow');
  if (matchingRule !== undefined)
    return {
      decision: matchingRule.decision,
      reason: `The rule for "${matchingRule.pattern}" says ${matchingRule.decision}.`,
    };
  const decision = defaultDecision(policy, operation.category);
  return {
    decision,
    reason: `The permission for ${categoryLabels[operation.category]} is ${decision}.`,
  };
}

const ruleMatches = (
  { pattern, decision, isExact }: PermissionRule,
  operation: Operation,
): boolean =>
  isExact === true ? pattern === operation.text : operation.matches(pattern, decision !== 'allow');

/** Whether the rule is an earlier answer to this whole command line, whatever it consists of. */
const matchesExactly = (
  { category, pattern, isExact }: PermissionRule,
  request: ToolCall,
): boolean => isExact === true && category === request.category && pattern === exactTextOf(request);

/** The text by which an answer to exactly this call is remembered. */
export function exactTextOf(request: ToolCall): string {
  if (request.category === 'execution' && request.command !== undefined) return request.command;
  return operationsOf(request)[0]?.text ?? request.tool;
}

function defaultDecision(policy: PermissionPolicy, category: ToolCategory): PermissionDecision {
  switch (category) {
    case 'filesystem-write':
      return policy.filesystemWrite;
    case 'execution':
      return policy.execution;
    case 'network':
      return policy.network;
    case 'mcp':
      return policy.mcp;
    case 'read':
    case 'other':
      return 'allow';
    default:
      return category satisfies never;
  }
}

const categoryLabels: Readonly<Record<ToolCategory, string>> = {
  'filesystem-write': 'writing files',
  execution: 'running commands',
  network: 'the network',
  mcp: 'MCP servers',
  read: 'reading files',
  other: 'other tools',
};
