import { decodeHTML } from 'entities';
import { getNodeValue, type Node, parseTree } from 'jsonc-parser';
import { jsonInProse } from './json-answer.ts';
import { depthOf, type JsonAnswer, MAX_DEPTH, readSpellings } from './json-spellings.ts';
import { type CodeBlock, readBlocks } from './markdown.ts';

/** The language of the fenced block in which an agent writes what it decided. */
export const DECISION_LANGUAGE = 'decision';

export type ReadDecision =
  | { readonly kind: 'decided'; readonly holds: boolean; readonly reason: string | null }
  /** What is wrong with the answer, in words for the agent. */
  | { readonly kind: 'unclear'; readonly mistake: string };

export const MISSING_DECISION = 'it is missing';
const NOT_TRUE_OR_FALSE = '"holds" is neither true nor false';
const CONTRADICTORY = 'it occurs more than once, with different answers';

const wordsForPerson: Readonly<Record<string, string>> = {
  [MISSING_DECISION]: 'The agent did not state a decision',
  [NOT_TRUE_OR_FALSE]: 'The agent answered with neither true nor false',
  [CONTRADICTORY]: 'The agent gave contradictory answers',
};

/** What is wrong with an answer, in a sentence for the person who has to decide instead. */
export function unclearWords(mistake: string, wasAskedAgain: boolean): string {
  const words = wordsForPerson[mistake] ?? `The decision of the agent is unclear: ${mistake}`;
  return wasAskedAgain ? `${words}, even when asked again.` : `${words}.`;
}

export type DecisionReading = {
  /** One for each connection that was asked about, by its id. */
  readonly decisions: Readonly<Record<string, ReadDecision>>;
  /** The message without the decisions: what may be handed on. */
  readonly rest: string;
};

/**
 * What an agent decided about conditions: `{connectionId: {holds, reason}}` in a fenced block of its message. Nothing is
 * guessed: an answer that is missing, is neither true nor false, or contradicts another one is unclear.
 */
export function readDecisions(message: string, wanted: readonly string[]): DecisionReading {
  const { lines, code } = readBlocks(message);
  const blocks = code.flatMap((block) => {
    const found = statementsIn(block, wanted);
    return found === null ? [] : { block, found };
  });
  if (blocks.length > 0) {
    const statements = blocks.flatMap(({ found }) => found);
    return { decisions: judged(statements, wanted), rest: withoutBlocks(lines, blocks) };
  }
  const inProse = jsonInProse(message).flatMap(({ value, text }) => {
    const found = statementsOf({ value, text }, wanted, false);
    return found === null ? [] : { text, found };
  });
  const statements = inProse.toReversed().flatMap(({ found }) => found);
  const rest = inProse.reduce((left, { text }) => withoutText(left, text), message);
  return { decisions: judged(statements, wanted), rest };
}

/** What one value says about one connection. */
type Statement = { readonly id: string; readonly value: unknown };

/** Null: the block is about something else. One that is marked as a decision always counts, whatever it says. */
function statementsIn(block: CodeBlock, wanted: readonly string[]): Statement[] | null {
  const isMarked = block.language.startsWith(DECISION_LANGUAGE);
  for (const answer of readSpellings(block.text)) {
    const found = statementsOf(answer, wanted, isMarked);
    if (found !== null) return found;
  }
  return isMarked ? [] : null;
}

/** Unmarked, anything else in the object means that it may be a hand-off that happens to have such a field. */
function statementsOf(
  { value, text }: JsonAnswer,
  wanted: readonly string[],
  isMarked: boolean,
): Statement[] | null {
  if (!isObject(value) || depthOf(text) > MAX_DEPTH) return null;
  const root = parseTree(text);
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0 && isStatement(value))
    return saidIn(root).map((said) => ({ id: only, value: said }));
  const entries = propertiesOf(root).flatMap(({ key, node }) =>
    saidIn(node).map((said) => ({ id: decodeHTML(key).trim(), value: said })),
  );
  if (!isMarked && !entries.every(({ value: said }) => isStatement(said))) return null;
  const found = entries.filter(({ id }) => wanted.includes(id));
  return found.length > 0 ? found : null;
}

/** With those that occur twice, of which a parsed value has only the last. */
function propertiesOf(object: Node | undefined): { key: string; node: Node }[] {
  return (object?.children ?? []).flatMap(({ children: [name, node] = [] }) =>
    typeof name?.value === 'string' && node !== undefined ? { key: name.value, node } : [],
  );
}

/** The value of a node: once for each time that it says whether something holds. */
function saidIn(node: Node | undefined): unknown[] {
  if (node === undefined) return [];
  const value: unknown = getNodeValue(node);
  const said = node.type === 'object' ? propertiesOf(node) : [];
  const answers = said.filter(({ key }) => key === 'holds');
  if (answers.length < 2 || !isObject(value)) return [value];
  return answers.map((answer) => ({ ...value, holds: getNodeValue(answer.node) }));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isStatement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.includes('holds') && keys.every((key) => key === 'holds' || key === 'reason');
}

function judged(
  statements: readonly Statement[],
  wanted: readonly string[],
): Record<string, ReadDecision> {
  return Object.fromEntries(
    wanted.map((id) => {
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

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

function truthOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? (words.get(value.trim().toLowerCase()) ?? null) : null;
}

/** A message as a person reads it: without the blocks in which the agent states decisions, whichever they are about. */
export function withoutDecisions(message: string): string {
  const { lines, code } = readBlocks(message);
  const blocks = code.filter(statesDecisions).map((block) => ({ block }));
  return blocks.length === 0 ? message : withoutBlocks(lines, blocks);
}

function statesDecisions({ language, text }: CodeBlock): boolean {
  if (language.startsWith(DECISION_LANGUAGE)) return true;
  return readSpellings(text).some(({ value }) => {
    if (!isObject(value)) return false;
    const values = Object.values(value);
    return isStatement(value) || (values.length > 0 && values.every(isStatement));
  });
}

/** With a heading that says only that a decision follows. */
function withoutBlocks(
  lines: readonly string[],
  blocks: readonly { readonly block: CodeBlock }[],
): string {
  const kept: (string | null)[] = [...lines];
  for (const { block } of blocks) {
    kept.fill(null, block.line, block.end);
    const before = kept.findLastIndex(
      (line, index) => index < block.line && line !== null && line.trim() !== '',
    );
    if (before !== -1 && isDecisionTitle(kept[before] ?? '')) kept[before] = null;
  }
  return kept
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
  return `${message.slice(0, start)}${message.slice(start + text.length)}`.trim();
}
