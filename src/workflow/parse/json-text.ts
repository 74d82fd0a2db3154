import type { Node, ParseError } from 'jsonc-parser';
import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Problem, type ProblemPath, pointerOf, problem } from '../problem.ts';

/** A workflow with a thousand agents is far below both limits, which protect the parser. */
export const MAX_TEXT_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 200;

/** The parser's `ValueExpected`, for a text without any value. */
const valueExpected: ParseError = { error: 4, offset: 0, length: 0 };

/** A JSON document and the positions of its values. */
export type LocatedJson = {
  readonly value: unknown;
  /** Adds the line and column of the problem's path, or of its nearest existing parent. */
  readonly locate: (found: Problem) => Problem;
  /** One warning per duplicate key. */
  readonly duplicateKeys: readonly Problem[];
};

/** Parses JSON strictly (no comments, no trailing commas). Errors have line and column. */
export function readJson(
  text: string,
): { ok: true; json: LocatedJson } | { ok: false; problems: Problem[] } {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const refusal = sizeProblem(body);
  if (refusal) return { ok: false, problems: [refusal] };

  const mistakes: ParseError[] = [];
  const root = parseTree(body, mistakes, { disallowComments: true, allowTrailingComma: false });
  const lineStarts = lineStartsOf(body);
  const [firstMistake = valueExpected] = mistakes;
  if (root === undefined || mistakes.length > 0)
    return { ok: false, problems: [syntaxProblem(firstMistake, lineStarts)] };

  const locate = (found: Problem): Problem => ({
    ...found,
    ...positionAt(lineStarts, offsetOf(root, found.path)),
  });
  const duplicateKeys = duplicateKeysOf(root).map(locate);
  return { ok: true, json: { value: JSON.parse(body), locate, duplicateKeys } };
}

function sizeProblem(text: string): Problem | undefined {
  if (text.trim() === '')
    return {
      ...problem(
        'error',
        'file_empty',
        [],
        'The workflow is empty.',
        'Save the workflow again, or restore the file from a backup or version control.',
      ),
      // Otherwise it would be shown without the name of the file.
      line: 1,
      column: 1,
    };
  if (text.length > MAX_TEXT_LENGTH || nestingDepthOf(text) > MAX_DEPTH)
    return problem(
      'error',
      'document_too_large',
      [],
      'This file is too large or too deeply nested for a workflow.',
      `A workflow can have at most ${MAX_TEXT_LENGTH / 1024 / 1024} MB and ${MAX_DEPTH} levels.`,
    );
  return undefined;
}

/** Counts brackets without recursion, because the recursive parser could overflow the stack. */
function nestingDepthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"' || character === '\n') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

/** Reports only the first mistake, because the following ones are usually its consequences. */
function syntaxProblem(mistake: ParseError, lineStarts: number[]): Problem {
  const { line, column } = positionAt(lineStarts, mistake.offset);
  const found = problem(
    'error',
    'not_json',
    [],
    `This is not valid JSON: ${describe(mistake)} at line ${line}, column ${column}.`,
    'Correct the text at that place; comments and trailing commas are not allowed.',
  );
  return { ...found, line, column };
}

/** `CommaExpected` becomes `comma expected`. */
function describe(mistake: ParseError): string {
  return printParseErrorCode(mistake.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function offsetOf(root: Node, path: ProblemPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node.offset;
  }
  return root.offset;
}

function duplicateKeysOf(node: Node, path: ProblemPath = []): Problem[] {
  const found: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') {
      found.push(...duplicateKeysOf(child, [...path, index]));
      continue;
    }
    const [keyNode, valueNode] = child.children ?? [];
    const key = String(keyNode?.value);
    if (seen.has(key)) found.push(duplicateKey([...path, key]));
    seen.add(key);
    if (valueNode) found.push(...duplicateKeysOf(valueNode, [...path, key]));
  }
  return found;
}

function duplicateKey(path: ProblemPath): Problem {
  return problem(
    'warning',
    'duplicate_key',
    path,
    `"${pointerOf(path)}" occurs twice; the last one counts.`,
    'Remove the one that is wrong.',
  );
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  return starts;
}

function positionAt(lineStarts: readonly number[], offset: number) {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}
