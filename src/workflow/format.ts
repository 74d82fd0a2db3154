import { applyEdits, type JSONPath, modify } from 'jsonc-parser';
import { parseWorkflow } from './parse.ts';
import { isSameValue } from './same-value.ts';
import type { Workflow } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;
type Change = { readonly path: JSONPath; readonly value: unknown; readonly isInsertion?: boolean };

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
  const formattingOptions = {
    ...indentationOf(basedOn),
    eol: basedOn.includes('\r\n') ? '\r\n' : '\n',
  };
  let text = basedOn.slice(mark.length);
  for (const { path, value, isInsertion = false } of changes(original.workflow, workflow, []))
    text = applyEdits(
      text,
      modify(text, path, value, { formattingOptions, isArrayInsertion: isInsertion }),
    );
  // A key written twice is changed where it stands first but read where it stands last.
  const written = parseWorkflow(text);
  const isFaithful = written.ok && isSameValue(written.workflow, workflow);
  return isFaithful ? mark + text : `${JSON.stringify(workflow, null, 2)}\n`;
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

/** Removals come last item first, so that the indexes of those before them stay right. */
function listChanges(before: unknown[], after: unknown[], path: JSONPath): Change[] {
  const shared = Math.min(before.length, after.length);
  const removed = before
    .slice(shared)
    .map((_, offset) => ({ path: [...path, before.length - 1 - offset], value: undefined }));
  const changed = after
    .slice(0, shared)
    .flatMap((value, index) => changes(before[index], value, [...path, index]));
  const added = after
    .slice(shared)
    .map((value, offset) => ({ path: [...path, shared + offset], value, isInsertion: true }));
  return [...removed, ...changed, ...added];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length };
}
