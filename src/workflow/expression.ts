import { Environment, type TypeCheckResult } from '@marcbachmann/cel-js';
import { isBlank } from '../lib/blank.ts';

/** Longer ones are no conditions anymore; reading them would only cost time and stack. */
export const MAX_EXPRESSION_LENGTH = 2_000;

/**
 * The language of conditions: CEL (https://cel.dev), which has no loops without end, no assignments and no way to the
 * machine. `handoff` is the structured hand-off of the connection, `round` the number of the round, from 1.
 */
const language = new Environment({
  homogeneousAggregateLiterals: false,
  limits: {
    maxAstNodes: 1_000,
    maxDepth: 50,
    maxListElements: 200,
    maxMapEntries: 200,
    maxCallArguments: 10,
  },
})
  .registerVariable('handoff', 'dyn')
  .registerVariable('round', 'int');

/** What is wrong with an expression, with the place in it where that shows; null when it can be evaluated. */
export type ExpressionFault = { readonly message: string; readonly offset: number | null };

/**
 * Reads an expression and checks its types; nothing is evaluated. Fields of the hand-off are known only when there is
 * one, so an expression without a fault can still fail then.
 *
 * @example
 * expressionFault('handoff.approved && size(handoff.findings) == 0'); // null
 */
export function expressionFault(text: string): ExpressionFault | null {
  if (isBlank(text)) return { message: 'it is empty', offset: null };
  if (text.length > MAX_EXPRESSION_LENGTH)
    return {
      message: `it has ${text.length.toLocaleString('en')} characters, and may have ${MAX_EXPRESSION_LENGTH.toLocaleString('en')}`,
      offset: null,
    };
  const { valid, type = '', error } = language.check(text);
  if (!valid) return faultOf(error);
  // What comes out of a hand-off has its type only then.
  if (type === 'bool' || type === 'dyn') return null;
  return { message: `it gives ${typeNames[type] ?? type}, not true or false`, offset: null };
}

/** What an expression decides over. */
export type ExpressionInput = { readonly handoff: unknown; readonly round: number };

export type ExpressionResult =
  | { readonly kind: 'value'; readonly holds: boolean }
  /** It cannot be told: a field is missing, or the types do not fit. */
  | { readonly kind: 'fault'; readonly message: string };

/** Evaluates an expression. Its time is bounded by the size of the hand-off alone, which may be large. */
export function evaluateExpression(
  text: string,
  { handoff, round }: ExpressionInput,
): ExpressionResult {
  try {
    const value: unknown = language.evaluate(text, { handoff, round: BigInt(round) });
    return typeof value === 'boolean'
      ? { kind: 'value', holds: value }
      : { kind: 'fault', message: 'its result is neither true nor false' };
  } catch (error) {
    const summary = error instanceof Error && 'summary' in error ? error.summary : undefined;
    const message = typeof summary === 'string' ? summary : 'it cannot be evaluated';
    return { kind: 'fault', message };
  }
}

const typeNames: Readonly<Record<string, string>> = {
  int: 'a number',
  uint: 'a number',
  double: 'a number',
  string: 'text',
  null_type: 'null',
};

function faultOf(error: TypeCheckResult['error']): ExpressionFault {
  if (error === undefined) return { message: 'it cannot be read', offset: null };
  // The platform's own error, for thousands of nested operators: the library counts the nesting of brackets alone.
  if (error instanceof RangeError) return { message: 'it is nested too deeply', offset: null };
  return { message: error.summary, offset: error.range?.start ?? null };
}

/** Whether an expression without a fault reads the hand-off, and which fields it names, as in `handoff.approved`. */
export function handoffUse(text: string): { isRead: boolean; fields: ReadonlySet<string> } {
  const fields = new Set<string>();
  let isRead = false;
  const open: unknown[] = [language.parse(text).ast];
  for (const node of open) {
    if (Array.isArray(node)) open.push(...node);
    if (!isNode(node)) continue;
    if (isHandoff(node)) isRead = true;
    if (node.op === '.' && Array.isArray(node.args)) {
      const [object, field]: unknown[] = node.args;
      if (isNode(object) && isHandoff(object) && typeof field === 'string') fields.add(field);
    }
    open.push(node.args);
  }
  return { isRead, fields };
}

type Node = { readonly op: unknown; readonly args: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

const isHandoff = ({ op, args }: Node): boolean => op === 'id' && args === 'handoff';
