import { isBlank } from '../../lib/blank.ts';
import { wavesOf } from '../graph.ts';
import { agentsIn } from '../placement.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';

/** Limit for `setup` and `copy`, far above any real need. */
const MAX_ENTRIES = 100;

const path = ['settings', 'local'] as const;

/** Settings of agents on this machine: the folder, its preparation, and work in place. */
export function localProblems(workflow: Workflow): Problem[] {
  const { folder, setup, copy } = workflow.settings.local;
  return [
    ...(folder === undefined ? [] : folderProblems(folder)),
    ...entryProblems('setup', setup, (command, place) =>
      isBlank(command) ? [blankCommand(place)] : [],
    ),
    ...entryProblems('copy', copy, copyProblems),
    ...inPlaceProblems(workflow),
  ];
}

function folderProblems(folder: string): Problem[] {
  const fault = folderFault(folder);
  if (fault === undefined) return [];
  return [
    problem(
      'error',
      'local_folder_malformed',
      [...path, 'folder'],
      `The folder to work in ${fault}.`,
      'Write an absolute path, or one relative to the workflow file. Without "folder", agents work in the repository of the workflow file.',
    ),
  ];
}

function folderFault(folder: string): string | undefined {
  if (isBlank(folder)) return 'is empty';
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(folder)) return `is a URL: ${folder}`;
  if (folder.startsWith('~')) return `starts with "~", which is not expanded: ${folder}`;
  if (/^\$\{?\w|^%\w+%/.test(folder))
    return `starts with a variable, which is not expanded: ${folder}`;
  return undefined;
}

function entryProblems(
  field: string,
  entries: readonly string[],
  problemsOf: (entry: string, place: ProblemPath) => Problem[],
): Problem[] {
  const place = [...path, field];
  const problems = entries
    .slice(0, MAX_ENTRIES)
    .flatMap((entry, index) => problemsOf(entry, [...place, index]));
  if (entries.length <= MAX_ENTRIES) return problems;
  const tooMany = problem(
    'error',
    'too_many_local_entries',
    place,
    `"${field}" has ${entries.length.toLocaleString('en')} entries; at most ${MAX_ENTRIES} are allowed.`,
    'Use a script, or fewer patterns.',
  );
  return [tooMany, ...problems];
}

const blankCommand = (place: ProblemPath): Problem =>
  problem(
    'error',
    'setup_command_blank',
    place,
    'A setup command is empty.',
    'Write the command, such as "npm ci", or remove it.',
  );

/** `..` as a path segment, also as an alternative in braces. */
const parentFolder = /(^|[/\\{,(|])\.\.($|[/\\},)|])/;

function copyProblems(pattern: string, place: ProblemPath): Problem[] {
  const fault = copyFault(pattern);
  if (fault === undefined) return [];
  return [
    problem(
      'error',
      'copy_pattern_malformed',
      place,
      fault,
      'Name files inside the folder, such as ".env" or "config/*.local.json".',
    ),
  ];
}

function copyFault(pattern: string): string | undefined {
  const shown = JSON.stringify(pattern);
  if (isBlank(pattern)) return 'A pattern of files to copy is empty.';
  if (/^([/\\~]|[a-z]:)/i.test(pattern) || parentFolder.test(pattern))
    return `The files to copy, ${shown}, are outside the folder.`;
  if (pattern.startsWith('!'))
    return `${shown} excludes files, but "copy" only lists files to copy.`;
  if (/^(\.[/\\])*\.git([/\\]|$)/i.test(pattern))
    return `${shown} would copy Git\u2019s own data, which each worktree already has.`;
  return undefined;
}

function inPlaceProblems(workflow: Workflow): Problem[] {
  const { isolation, copy, carryUncommitted } = workflow.settings.local;
  const local = new Set(agentsIn('local', workflow).map(({ id }) => id));
  if (isolation !== 'in-place' || local.size === 0) return [];
  const problems: Problem[] = [];
  if (wavesOf(workflow).some((wave) => wave.filter((id) => local.has(id)).length > 1))
    problems.push(
      problem(
        'warning',
        'in_place_one_at_a_time',
        [...path, 'isolation'],
        'Several agents could run at the same time, but with "in-place" they share one folder, so they run one after the other.',
        'Set "isolation" to "worktree" to run them at the same time, or connect them in the order that you want.',
      ),
    );
  if (copy.length > 0) problems.push(withoutEffect('copy', 'the files are already there'));
  if (!carryUncommitted)
    problems.push(withoutEffect('carryUncommitted', 'agents see the files as they are'));
  return problems;
}

const withoutEffect = (field: string, reason: string): Problem =>
  problem(
    'warning',
    'option_without_effect',
    [...path, field],
    `"${field}" has no effect with "in-place": ${reason}.`,
    'Remove it, or set "isolation" to "worktree".',
  );
