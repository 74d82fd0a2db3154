import type { z } from 'zod';
import { type Problem, type ProblemPath, pointerOf, problem } from '../problem.ts';

/** Converts schema issues into problems that say what the value is and what it must be. */
export function shapeProblems(issues: readonly z.core.$ZodIssue[], document: unknown): Problem[] {
  return issues.map((issue) => shapeProblem(issue, document));
}

function shapeProblem(issue: z.core.$ZodIssue, document: unknown): Problem {
  // JSON has no symbol keys, so every part of the path is a string or a number.
  const path = issue.path as ProblemPath;
  const place = pointerOf(path) || 'The workflow';
  const value = valueAt(document, path);
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? missing(path, place, issue.expected)
        : wrongType(path, place, issue.expected, value);
    case 'invalid_value': {
      const allowed = issue.values.map((one) => JSON.stringify(one)).join(', ');
      if (value === undefined) return missing(path, place, allowed);
      return problem(
        'error',
        'unknown_value',
        path,
        `${place} is ${shown(value)}, which is not supported.`,
        `Use one of ${allowed}.`,
      );
    }
    case 'too_small':
      return outOfRange(path, place, value, 'at least', issue.minimum);
    case 'too_big':
      return outOfRange(path, place, value, 'at most', issue.maximum);
    default:
      return problem(
        'error',
        'wrong_shape',
        path,
        `${place} ${issue.message}, but it is ${shown(value)}.`,
      );
  }
}

function missing(path: ProblemPath, place: string, expected: string): Problem {
  return problem(
    'error',
    'missing_field',
    path,
    `${place} is missing.`,
    `Add it; it must be ${typeNames[expected] ?? expected}.`,
  );
}

function wrongType(path: ProblemPath, place: string, expected: string, value: unknown): Problem {
  const belongs = typeNames[expected] ?? expected;
  return problem(
    'error',
    'wrong_type',
    path,
    `${place} must be ${belongs}, but it is ${shown(value)}.`,
  );
}

function outOfRange(
  path: ProblemPath,
  place: string,
  value: unknown,
  bound: string,
  limit: number | bigint,
): Problem {
  const isLength = typeof value === 'string' || Array.isArray(value);
  const rule = isLength ? `have ${bound} ${limit} characters` : `be ${bound} ${limit}`;
  return problem(
    'error',
    'out_of_range',
    path,
    `${place} must ${rule}, but it is ${shown(value)}.`,
  );
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(document: unknown, path: ProblemPath): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    // Own properties of a JSON value may be read by any key.
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
