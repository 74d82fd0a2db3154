import { type Subject, subjectsOf } from './subjects.ts';
import type {
  PermissionDecision,
  PermissionPolicy,
  PermissionRule,
  ToolCategory,
  ToolRequest,
} from './tool-request.ts';

/** What a policy says about a tool call. `because`: the rule or the permission that decided, in words for people. */
export type Verdict = { readonly decision: PermissionDecision; readonly because: string };

const STRICTNESS: Readonly<Record<PermissionDecision, number>> = { allow: 0, ask: 1, deny: 2 };

/**
 * Judges each thing that the call does, and takes the strictest. A person's earlier answer goes before rules that ask,
 * but not before rules that deny.
 */
export function decideOn(
  policy: PermissionPolicy,
  request: Omit<ToolRequest, 'requestId'>,
): Verdict {
  const verdicts = subjectsOf(request).map((subject) => verdictOn(policy, subject));
  const strictest = verdicts.reduce((one, other) =>
    STRICTNESS[other.decision] > STRICTNESS[one.decision] ? other : one,
  );
  if (strictest.decision !== 'ask') return strictest;
  const exact = policy.rules.find((rule) => isExactly(rule, request) && rule.decision === 'allow');
  return exact === undefined
    ? strictest
    : { decision: 'allow', because: 'Allowed by an earlier answer.' };
}

function verdictOn(policy: PermissionPolicy, subject: Subject): Verdict {
  const rules = policy.rules.filter(
    (rule) => rule.category === subject.category && isMeant(rule, subject),
  );
  const byRule =
    rules.find(({ decision }) => decision === 'deny') ??
    rules.find(({ decision, isAnswer }) => decision === 'allow' && isAnswer === true) ??
    rules.find(({ decision }) => decision === 'ask') ??
    rules.find(({ decision }) => decision === 'allow');
  if (byRule !== undefined)
    return {
      decision: byRule.decision,
      because: `The rule for "${byRule.pattern}" says ${byRule.decision}.`,
    };
  const decision = defaultOf(policy, subject.category);
  return { decision, because: `The permission for ${nameOf[subject.category]} is ${decision}.` };
}

const isMeant = ({ pattern, decision, isExact }: PermissionRule, subject: Subject): boolean =>
  isExact === true ? pattern === subject.text : subject.matches(pattern, decision !== 'allow');

/** A command line that was answered as a whole, whatever it consists of. */
const isExactly = ({ category, pattern, isExact }: PermissionRule, request: Asked): boolean =>
  isExact === true && category === request.category && pattern === wholeOf(request);

type Asked = Omit<ToolRequest, 'requestId'>;

/** What a call does in one text: what an answer to it is remembered by. */
export function wholeOf(request: Asked): string {
  if (request.category === 'execution' && request.command !== undefined) return request.command;
  return subjectsOf(request)[0]?.text ?? request.tool;
}

function defaultOf(policy: PermissionPolicy, category: ToolCategory): PermissionDecision {
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

const nameOf: Readonly<Record<ToolCategory, string>> = {
  'filesystem-write': 'writing files',
  execution: 'running commands',
  network: 'the network',
  mcp: 'MCP servers',
  read: 'reading files',
  other: 'other tools',
};
