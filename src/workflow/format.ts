import {
  applyEdits,
  type Edit,
  findNodeAtLocation,
  type JSONPath,
  modify,
  parseTree,
} from 'jsonc-parser';
import { parseWorkflow } from './parse.ts';
import { isSameValue } from './same-value.ts';
import type { Workflow } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;
type Change = { readonly path: JSONPath; readonly value: unknown; readonly isInsertion?: boolean };

/** Each structural change reads the whole text again; past this many characters a file is written again. */
const MAX_PARSED_CHARACTERS = 20_000_000;

/**
 * Writes a workflow as the text of a `.cerevisor` file.
 *
 * With the text that it was read from, only what changed is written: order of keys, spacing, fields left out and
 * fields that we do not know stay as their author wrote them, and an unchanged workflow gives the same bytes.
 */
export function formatWorkflow(workflow: Workflow, basedOn?: string): string {
  const original = basedOn === undefined ? undefined : parseWorkflow(basedOn);
  if (basedOn === undefined || !original?.ok) return `${JSON.stringify(workflow, null, 2)}\n`;
  const mark = basedOn.startsWith('\uFEFF') ? '\uFEFF' : '';
  const text = withChanges(basedOn.slice(mark.length), changes(original.workflow, workflow, []));
  // A key written twice is changed where it stands first but read where it stands last.
  const written = parseWorkflow(text);
  const isFaithful = written.ok && isSameValue(written.workflow, workflow);
  return isFaithful ? mark + text : `${JSON.stringify(workflow, null, 2)}\n`;
}

function withChanges(text: string, wanted: readonly Change[]): string {
  const { text: replaced, rest } = withReplacedValues(text, wanted);
  const formattingOptions = {
    ...indentationOf(text),
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  if (rest.length * text.length > MAX_PARSED_CHARACTERS) return '';
  return rest.reduce((current, { path, value, isInsertion = false }) => {
    const options = { formattingOptions, isArrayInsertion: isInsertion };
    return applyEdits(current, modify(current, path, value, options));
  }, replaced);
}

/** Plain values that replace what stands there are replaced all at once: moving 500 agents is one step. */
function withReplacedValues(text: string, wanted: readonly Change[]) {
  const root = parseTree(text);
  const edits: Edit[] = [];
  const rest: Change[] = [];
  for (const change of wanted) {
    const { path, value, isInsertion } = change;
    const isPlain = value !== undefined && (typeof value !== 'object' || value === null);
    const node = isPlain && !isInsertion && root ? findNodeAtLocation(root, path) : undefined;
    if (node)
      edits.push({ offset: node.offset, length: node.length, content: JSON.stringify(value) });
    else rest.push(change);
  }
  return { text: spliced(text, edits), rest };
}

/** The library's own way copies the whole text for every edit. These edits never overlap. */
function spliced(text: string, edits: readonly Edit[]): string {
  let result = '';
  let end = 0;
  for (const { offset, length, content } of edits.toSorted(
    (one, other) => one.offset - other.offset,
  )) {
    result += text.slice(end, offset) + content;
    end = offset + length;
  }
  return result + text.slice(end);
}

function changes(before: unknown, after: unknown, path: JSONPath): Change[] {
  if (isSameValue(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (isObject(before) && isObject(after)) return objectChanges(before, after, path);
  return [{ path, value: after }];
}

function objectChanges(before: JsonObject, after: JsonObject, path: JSONPath): Change[] {
  const removed = Object.keys(before)
    .filter((key) => after[key] === undefined)
    .map((key) => ({ path: [...path, key], value: undefined }));
  const changed = Object.entries(after)
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) => changes(before[key], value, [...path, key]));
  return [...removed, ...changed];
}

/**
 * What happens inside of items comes first, then removals from the end, then insertions from the beginning:
 * so every index is right at the moment it is used.
 */
function listChanges(before: unknown[], after: unknown[], path: JSONPath): Change[] {
  const matches = matchItems(before, after);
  const kept = new Set(matches);
  const inside = matches.flatMap((from, to) =>
    from === undefined ? [] : changes(before[from], after[to], [...path, from]),
  );
  const removed = before
    .map((_, index) => ({ path: [...path, index], value: undefined, index }))
    .filter(({ index }) => !kept.has(index))
    .toReversed();
  const added = after
    .map((value, index) => ({ path: [...path, index], value, isInsertion: true }))
    .filter((_, index) => matches[index] === undefined);
  return [...inside, ...removed, ...added];
}

/**
 * For each item of the new list the index it had in the old one: by id, so that removing one agent does not touch
 * those after it. Lists without ids, and lists in another order, are compared place by place.
 */
function matchItems(before: unknown[], after: unknown[]): (number | undefined)[] {
  const places = new Map(before.map((item, index) => [idOf(item), index]));
  const matches = after.map((item) => places.get(idOf(item)));
  const found = matches.filter((place) => place !== undefined);
  const isInOrder = found.every((place, index) => index === 0 || place > (found[index - 1] ?? 0));
  const haveIds = !places.has(undefined) && places.size === before.length;
  if (haveIds && isInOrder) return matches;
  return after.map((_, index) => (index < before.length ? index : undefined));
}

function idOf(item: unknown): unknown {
  return isObject(item) ? item.id : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length };
}
