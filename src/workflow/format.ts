import {
  applyEdits,
  type Edit,
  findNodeAtLocation,
  type JSONPath,
  modify,
  parseTree,
} from 'jsonc-parser';
import { type Fields, isObject } from '../lib/fields.ts';
import { parseWorkflow } from './parse.ts';
import { isSameValue } from './same-value.ts';
import type { Workflow } from './schema.ts';

type Change = { readonly path: JSONPath; readonly value: unknown; readonly isInsertion?: boolean };

/** Each structural change parses the whole text again. Past this total, the file is rewritten from scratch. */
const MAX_PARSED_CHARACTERS = 20_000_000;

/**
 * Formats a workflow as the text of a `.cerevisor` file.
 *
 * With `basedOn`, the text that it was read from, only the changes are applied: the order of keys, spacing, omitted fields
 * and unknown fields are preserved, and an unchanged workflow gives the same bytes.
 */
export function formatWorkflow(workflow: Workflow, basedOn?: string): string {
  const original = basedOn === undefined ? undefined : parseWorkflow(basedOn);
  if (basedOn === undefined || !original?.ok) return `${JSON.stringify(workflow, null, 2)}\n`;
  const mark = basedOn.startsWith('\uFEFF') ? '\uFEFF' : '';
  const text = withChanges(
    basedOn.slice(mark.length),
    changesBetween(original.workflow, workflow, []),
  );
  // The library changes the first occurrence of a duplicate key, but parsers read the last one.
  const written = parseWorkflow(text);
  const isFaithful = written.ok && isSameValue(written.workflow, workflow);
  return isFaithful ? mark + text : `${JSON.stringify(workflow, null, 2)}\n`;
}

function withChanges(text: string, changes: readonly Change[]): string {
  const { text: replaced, rest } = withReplacedValues(text, changes);
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

/** Replaces plain values in one pass, so that moving 500 agents does not parse the text 500 times. */
function withReplacedValues(text: string, changes: readonly Change[]) {
  const root = parseTree(text);
  const edits: Edit[] = [];
  const rest: Change[] = [];
  for (const change of changes) {
    const { path, value, isInsertion } = change;
    const isPlain = value !== undefined && (typeof value !== 'object' || value === null);
    const node = isPlain && !isInsertion && root ? findNodeAtLocation(root, path) : undefined;
    if (node)
      edits.push({ offset: node.offset, length: node.length, content: JSON.stringify(value) });
    else rest.push(change);
  }
  return { text: spliced(text, edits), rest };
}

/** Applies edits that do not overlap. The library would copy the whole text for each edit. */
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

function changesBetween(before: unknown, after: unknown, path: JSONPath): Change[] {
  if (isSameValue(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (isObject(before) && isObject(after)) return objectChanges(before, after, path);
  return [{ path, value: after }];
}

function objectChanges(before: Fields, after: Fields, path: JSONPath): Change[] {
  const removed = Object.keys(before)
    .filter((key) => after[key] === undefined)
    .map((key) => ({ path: [...path, key], value: undefined }));
  const changed = Object.entries(after)
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) => changesBetween(before[key], value, [...path, key]));
  return [...removed, ...changed];
}

/**
 * Changes inside items come first, then removals from the end, then insertions from the beginning, so that each index is
 * valid when it is used.
 */
function listChanges(before: unknown[], after: unknown[], path: JSONPath): Change[] {
  const matches = matchItems(before, after);
  const kept = new Set(matches);
  const inside = matches.flatMap((from, to) =>
    from === undefined ? [] : changesBetween(before[from], after[to], [...path, from]),
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
 * The old index of each item in the new list, by id, so that removing one agent does not change those after it. Lists
 * without ids, and reordered lists, are compared by position.
 */
function matchItems(before: unknown[], after: unknown[]): (number | undefined)[] {
  const indexes = new Map(before.map((item, index) => [idOf(item), index]));
  const matches = after.map((item) => indexes.get(idOf(item)));
  const known = matches.filter((index) => index !== undefined);
  const isInOrder = known.every((old, index) => index === 0 || old > (known[index - 1] ?? 0));
  const haveIds = !indexes.has(undefined) && indexes.size === before.length;
  if (haveIds && isInOrder) return matches;
  return after.map((_, index) => (index < before.length ? index : undefined));
}

function idOf(item: unknown): unknown {
  return isObject(item) ? item.id : undefined;
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length };
}
