import type {
  ApplyAllPlanView,
  ApplyPlanView,
  ChangedFileView,
  ChangesView,
  RepositoryChanges,
} from '../../contract/changes.ts';
import { listOf, plural, repositoryName } from '../../lib/format.ts';
import { type Line, line, quiet, type Span, strong, toned } from '../terminal/lines.ts';

/** One line of a unified diff, in the usual colors. */
export function diffLine(text: string): Line {
  if (
    /^(diff |index |old mode|new mode|similarity|rename |copy |new file|deleted file|\+\+\+|---)/.test(
      text,
    )
  )
    return line(strong(text));
  if (text.startsWith('@@')) return line(toned('busy', text));
  if (text.startsWith('+')) return line(toned('good', text));
  if (text.startsWith('-')) return line(toned('bad', text));
  return line(text);
}

const letters = {
  added: toned('good', 'A'),
  modified: toned('attention', 'M'),
  deleted: toned('bad', 'D'),
  renamed: toned('busy', 'R'),
  copied: toned('busy', 'C'),
  'type-changed': toned('attention', 'T'),
} as const satisfies Record<ChangedFileView['status'], Span>;

/** The changed files of a repository, one per line, and the totals. */
export function statLines(repository: RepositoryChanges): Line[] {
  const { repoUrl, branches, files, fileCount, additions, deletions, conflicts } = repository;
  return [
    line(strong(repoUrl), quiet(branches.length === 0 ? '' : `  ${branches.join(', ')}`)),
    ...files.map((file) =>
      line('  ', letters[file.status], ' ', ...nameOf(file), ...countsOf(file)),
    ),
    ...(fileCount > files.length
      ? [line(quiet(`  and ${plural(fileCount - files.length, 'more file')}`))]
      : []),
    line(
      quiet(`  ${plural(fileCount, 'file')} changed, `),
      toned('good', `+${additions}`),
      ' ',
      toned('bad', `−${deletions}`),
    ),
    ...conflicts.map(({ path, agentNames = [] }) =>
      line(toned('attention', `  ${path}: ${agentNames.join(' and ')} disagree`)),
    ),
    ...unresolvedLines(repository).map((spans) => line('  ', ...spans)),
    ...(repository.isFromEarlier
      ? [
          line(
            toned(
              'attention',
              '  The repository could not be reached; this is what was fetched before.',
            ),
          ),
        ]
      : []),
  ];
}

/** Files with conflict markers that agents left unresolved. */
export const unresolvedLines = ({ unresolved }: Pick<RepositoryChanges, 'unresolved'>): Line[] =>
  unresolved.map((path) =>
    line(toned('attention', `${path} contains conflict markers that no agent resolved`)),
  );

const nameOf = ({ path, oldPath }: ChangedFileView): Span[] =>
  oldPath === null ? [toned('plain', path)] : [quiet(`${oldPath} → `), toned('plain', path)];

function countsOf(file: ChangedFileView): Span[] {
  const { kind, status, isExecutable, wasExecutable = isExecutable } = file;
  if (kind !== 'file') return [quiet(`  ${kind}`)];
  const hasNewMode =
    isExecutable !== wasExecutable && !['added', 'deleted', 'type-changed'].includes(status);
  const mode = isExecutable ? '  now executable' : '  no longer executable';
  return [...lineCounts(file), ...(hasNewMode ? [quiet(mode)] : [])];
}

function lineCounts(file: ChangedFileView): Span[] {
  const { additions, deletions, isBinary, hasSameContents } = file;
  if (hasSameContents === true) return [quiet('  same contents')];
  if (isBinary || additions === null || deletions === null) return [quiet('  binary')];
  return [toned('good', `  +${additions}`), toned('bad', ` −${deletions}`)];
}

/** Declared output files that agents did not create. */
export function missingLines({ missingOutputs }: Pick<ChangesView, 'missingOutputs'>): Line[] {
  return missingOutputs.map(({ name, outputs }) =>
    line(toned('attention', `${name} did not create: `), outputs.join(', ')),
  );
}

const actions = {
  create: toned('good', 'create'),
  modify: toned('attention', 'modify'),
  delete: toned('bad', 'delete'),
} as const;

type Planned = Pick<ApplyPlanView, 'folder' | 'branch' | 'files' | 'conflicts' | 'notices'>;

/** What applying would do. */
export const planLines = (plan: Planned): Line[] => [
  line(strong(plan.folder), quiet(branchText(plan))),
  ...plannedLines(plan),
];

const branchText = ({ branch }: Pick<Planned, 'branch'>): string =>
  branch === null ? '' : `  on branch ${branch}`;

/** The same for one folder of several, with the agents whose work it receives. */
export function folderPlanLines(plan: ApplyAllPlanView['folders'][number]): Line[] {
  const origins = plan.work.map(({ place, repoUrl, agentNames }) =>
    place === 'local'
      ? `${listOf(agentNames)}, on this machine`
      : `${listOf(agentNames)}, in the cloud: ${repositoryName(repoUrl)}`,
  );
  const isUnchanged = plan.files.length === 0 && plan.conflicts.length === 0;
  return [
    line(strong(plan.folder), quiet(`${branchText(plan)}  ${origins.join('; ')}`)),
    ...(isUnchanged ? [line(quiet('  has these changes already'))] : plannedLines(plan)),
  ];
}

/** Work that would not be applied, the reason, and what to do about it. */
export const notAppliedLines = (left: ApplyAllPlanView['left'][number]): Line[] => [
  line(toned('attention', 'Not applied: '), `${listOf(left.agentNames)} in ${left.repoUrl}`),
  line(quiet(`  ${left.message}`)),
  ...(left.suggestion === undefined ? [] : [line(quiet(`  ${left.suggestion}`))]),
];

/** Git's own kinds of conflict, except for the one that we add. */
const conflictLabel = (kind: string): string =>
  kind === 'in-the-way' ? 'something else in your folder has this name' : kind;

function plannedLines({ files, conflicts, notices }: Planned): Line[] {
  const conflicting = new Set(conflicts.map(({ path }) => path));
  const note = ({ path, isDirty }: Planned['files'][number]): string =>
    isDirty && !conflicting.has(path) ? '  (merged with your changes)' : '';
  return [
    ...files.map((file) => line('  ', actions[file.action], ' ', file.path, quiet(note(file)))),
    ...conflicts.map(({ path, kind }) =>
      line(toned('bad', `  conflict  ${path} (${conflictLabel(kind)})`)),
    ),
    ...notices.map((notice) => line(toned('attention', `  ${notice}`))),
  ];
}
