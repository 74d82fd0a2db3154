import { Environment, type TypeCheckResult } from '@marcbachmann/cel-js';
import { isBlank } from '../lib/blank.ts';

/** A limit on parsing time and stack depth; real conditions are far shorter. */
export const MAX_EXPRESSION_LENGTH = 2_000;

/**
 * The language of conditions: CEL (https://cel.dev), which always terminates and has no side effects. `handoff` is the
 * structured hand-off of the connection, `round` the number of the round, from 1.
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

/** Why an expression cannot be used, and where in it the error was found. */
export type ExpressionFault = { readonly message: string; readonly offset: number | null };

/**
 * Parses an expression and checks its types, without evaluating it. Returns null if it is valid. Its evaluation can still
 * fail, because the fields of the hand-off are unknown until then.
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
  // The types of hand-off fields are unknown until evaluation.
  if (type === 'bool' || type === 'dyn') return null;
  return { message: `it gives ${typeNames[type] ?? type}, not true or false`, offset: null };
}

/** The variables of an expression. */
export type ExpressionInput = { readonly handoff: unknown; readonly round: number };

export type ExpressionResult =
  | { readonly kind: 'value'; readonly holds: boolean }
  /** It cannot be evaluated: a field is missing, or types do not match. */
  | { readonly kind: 'fault'; readonly message: string };

/** Evaluates an expression. Its running time is bounded only by the size of the hand-off, which may be large. */
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
  // A stack overflow from thousands of nested operators: the library limits only nested brackets.
  if (error instanceof RangeError) return { message: 'it is nested too deeply', offset: null };
  return { message: error.summary, offset: error.range?.start ?? null };
}

/** Whether a valid expression reads the hand-off, and the names of its fields, as in `handoff.approved`. */
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
