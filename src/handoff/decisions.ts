import { decodeHTML } from 'entities';
import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { isObject } from '../lib/fields.ts';
import { jsonInProse } from './find-json.ts';
import { depthOf, MAX_DEPTH, type ParsedJson, parseLenientJson } from './lenient-json.ts';
import { type CodeBlock, readBlocks } from './markdown.ts';

/** The language of the fenced block in which an agent writes its decisions. */
export const DECISION_LANGUAGE = 'decision';

export type ReadDecision =
  | { readonly kind: 'decided'; readonly holds: boolean; readonly reason: string | null }
  /** `mistake` says what is wrong with the answer, phrased for the agent. */
  | { readonly kind: 'unclear'; readonly mistake: string };

export const MISSING_DECISION = 'it is missing';
const NOT_TRUE_OR_FALSE = '"holds" is neither true nor false';
const CONTRADICTORY = 'it occurs more than once, with different answers';

const unclearLabels: Readonly<Record<string, string>> = {
  [MISSING_DECISION]: 'The agent did not state a decision',
  [NOT_TRUE_OR_FALSE]: 'The agent answered with neither true nor false',
  [CONTRADICTORY]: 'The agent gave contradictory answers',
};

/** What is wrong with an answer, in a sentence for the user who has to decide instead. */
export function unclearDecisionText(mistake: string, wasAskedAgain: boolean): string {
  const text = unclearLabels[mistake] ?? `The decision of the agent is unclear: ${mistake}`;
  return wasAskedAgain ? `${text}, even when asked again.` : `${text}.`;
}

export type DecisionReading = {
  /** A decision for each requested connection, by its id. */
  readonly decisions: Readonly<Record<string, ReadDecision>>;
  /** The message without the decisions, for the hand-off. */
  readonly rest: string;
};

/**
 * What an agent decided about conditions: `{connectionId: {holds, reason}}` in a fenced block of its message. Nothing is
 * guessed: an answer that is missing, is neither true nor false, or contradicts another one is unclear.
 */
export function readDecisions(message: string, connectionIds: readonly string[]): DecisionReading {
  const { lines, code } = readBlocks(message);
  const blocks = code.flatMap((block) => {
    const statements = statementsIn(block, connectionIds);
    return statements === null ? [] : { block, statements };
  });
  if (blocks.length > 0) {
    const statements = blocks.flatMap(({ statements }) => statements);
    return {
      decisions: decisionsFor(statements, connectionIds),
      rest: withoutBlocks(lines, blocks),
    };
  }
  const inProse = jsonInProse(message).flatMap((answer) => {
    const statements = statementsOf(answer, connectionIds, false);
    return statements === null ? [] : { source: answer.source, statements };
  });
  const statements = inProse.toReversed().flatMap(({ statements }) => statements);
  const rest = inProse.reduce((left, { source }) => withoutText(left, source), message);
  return { decisions: decisionsFor(statements, connectionIds), rest };
}

/** A value that was stated for a connection. */
type Statement = { readonly id: string; readonly value: unknown };

/** Null if the block contains no decisions. A block marked as a decision always counts, whatever it contains. */
function statementsIn(block: CodeBlock, connectionIds: readonly string[]): Statement[] | null {
  const isMarked = block.language.startsWith(DECISION_LANGUAGE);
  for (const answer of parseLenientJson(block.text)) {
    const statements = statementsOf(answer, connectionIds, isMarked);
    if (statements !== null) return statements;
  }
  return isMarked ? [] : null;
}

/** An unmarked object with any other field may be a hand-off that happens to have a field with such a name. */
function statementsOf(
  answer: ParsedJson,
  connectionIds: readonly string[],
  isMarked: boolean,
): Statement[] | null {
  const { value, text } = answer;
  if (!isObject(value) || depthOf(text) > MAX_DEPTH) return null;
  const root = treeOf(answer);
  const [only, ...others] = connectionIds;
  if (only !== undefined && others.length === 0 && isStatement(value))
    return holdsValuesOf(root).map((stated) => ({ id: only, value: stated }));
  const entries = propertiesOf(root).flatMap(({ key, node }) =>
    holdsValuesOf(node).map((stated) => ({ id: decodeHTML(key).trim(), value: stated })),
  );
  if (!isMarked && !entries.every(({ value: stated }) => isStatement(stated))) return null;
  const statements = entries.filter(({ id }) => connectionIds.includes(id));
  return statements.length > 0 ? statements : null;
}

/** As it was written if possible: parsing loose JSON keeps only the last of several properties with the same name. */
function treeOf({ text, written }: ParsedJson): Node | undefined {
  for (const variant of [written, withDoubleQuotes(written)]) {
    const errors: ParseError[] = [];
    const tree = parseTree(variant, errors, { allowTrailingComma: true });
    if (errors.length === 0) return tree;
  }
  return parseTree(text);
}

/** For simple names and values in loose JSON. Anything else stays invalid. */
const withDoubleQuotes = (loose: string): string =>
  loose
    .replace(/([{,]\s*)(?:'([^'"\\]*)'|([A-Za-z_$][\w$]*))\s*:/g, '$1"$2$3":')
    .replace(/:\s*'([^'"\\]*)'/g, ': "$1"');

/** All properties, including duplicates, of which a parsed value has only the last. */
function propertiesOf(object: Node | undefined): { key: string; node: Node }[] {
  return (object?.children ?? []).flatMap(({ children: [name, node] = [] }) =>
    typeof name?.value === 'string' && node !== undefined ? { key: name.value, node } : [],
  );
}

/** The value of a node, once for each of its `holds` properties, so that contradictions are noticed. */
function holdsValuesOf(node: Node | undefined): unknown[] {
  if (node === undefined) return [];
  const value: unknown = getNodeValue(node);
  const properties = node.type === 'object' ? propertiesOf(node) : [];
  const answers = properties.filter(({ key }) => key === 'holds');
  if (answers.length < 2 || !isObject(value)) return [value];
  return answers.map((answer) => ({ ...value, holds: getNodeValue(answer.node) }));
}

function isStatement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.includes('holds') && keys.every((key) => key === 'holds' || key === 'reason');
}

function decisionsFor(
  statements: readonly Statement[],
  connectionIds: readonly string[],
): Record<string, ReadDecision> {
  return Object.fromEntries(
    connectionIds.map((id) => {
      const about = statements.filter((statement) => statement.id === id);
      return [id, decisionOf(about.map(({ value }) => value))];
    }),
  );
}

function decisionOf(values: readonly unknown[]): ReadDecision {
  if (values.length === 0) return unclear(MISSING_DECISION);
  const answers = values.map((value) => truthOf(isObject(value) ? value.holds : value));
  const [holds] = answers;
  if (holds === undefined || answers.includes(null) || holds === null)
    return unclear(NOT_TRUE_OR_FALSE);
  if (answers.some((answer) => answer !== holds)) return unclear(CONTRADICTORY);
  const last = values.at(-1);
  const reason = isObject(last) && typeof last.reason === 'string' ? last.reason.trim() : '';
  return { kind: 'decided', holds, reason: reason === '' ? null : reason };
}

const unclear = (mistake: string): ReadDecision => ({ kind: 'unclear', mistake });

const truthWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

function truthOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? (truthWords.get(value.trim().toLowerCase()) ?? null) : null;
}

/** A message for display, without the blocks in which the agent states decisions, whatever they are about. */
export function withoutDecisions(message: string): string {
  const { lines, code } = readBlocks(message);
  const blocks = code.filter(statesDecisions).map((block) => ({ block }));
  return blocks.length === 0 ? message : withoutBlocks(lines, blocks);
}

function statesDecisions({ language, text }: CodeBlock): boolean {
  if (language.startsWith(DECISION_LANGUAGE)) return true;
  return parseLenientJson(text).some(({ value }) => {
    if (!isObject(value)) return false;
    const values = Object.values(value);
    return isStatement(value) || (values.length > 0 && values.every(isStatement));
  });
}

/** Also removes a heading that only announces a decision. */
function withoutBlocks(
  lines: readonly string[],
  blocks: readonly { readonly block: CodeBlock }[],
): string {
  const remaining: (string | null)[] = [...lines];
  for (const { block } of blocks) {
    remaining.fill(null, block.line, block.end);
    const before = remaining.findLastIndex(
      (line, index) => index < block.line && line !== null && line.trim() !== '',
    );
    if (before !== -1 && isDecisionTitle(remaining[before] ?? '')) remaining[before] = null;
  }
  return remaining
    .filter((line) => line !== null)
    .join('\n')
    .trim();
}

function isDecisionTitle(line: string): boolean {
  return line.length < 100 && /^[#*_\s\d.]*decisions?[*_:\s]*$/i.test(line);
}

function withoutText(message: string, text: string): string {
  const start = message.lastIndexOf(text);
  if (start === -1) return message;
  const [before, after] = [message.slice(0, start), message.slice(start + text.length)];
  const isInlineCode = before.endsWith('`') && after.startsWith('`');
  return (isInlineCode ? before.slice(0, -1) + after.slice(1) : before + after).trim();
}
