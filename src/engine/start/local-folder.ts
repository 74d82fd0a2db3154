import { dirname, resolve, sep } from 'node:path';
import { isWithin } from '../../lib/folders.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { FolderFacts, LocalMachine } from './local-machine.ts';

/** The folder for agents on this machine, and where the choice comes from. */
export type LocalFolder = {
  /** The root of the repository, or the folder itself if it is not in one. */
  readonly folder: string;
  readonly facts: Exclude<FolderFacts, { kind: 'missing' }>;
  readonly source: 'request' | 'workflow' | 'workflow-file' | 'current-folder' | 'sample';
  /** The workflow names a folder outside the repository of its file. */
  readonly isOutsideOfWorkflow: boolean;
};

export type FolderRequest = {
  /** `--folder` of the request. Absolute. */
  readonly named: string | null;
  /** `settings.local.folder`, absolute or relative to the workflow file. */
  readonly ofWorkflow: string | null;
  readonly workflowPath: string | null;
  /** The current folder of the command. */
  readonly currentFolder: string | null;
  readonly repositoryUrls: readonly string[];
};

export type FolderResult =
  | { readonly ok: true; readonly value: LocalFolder }
  | { readonly ok: false; readonly problem: Problem };

const path = ['settings', 'local', 'folder'];
const chooseOne =
  'Choose the folder under Settings, Workflow, Folder, or, on the command line, with --folder DIR.';

/**
 * The named folder; otherwise a clone of the sample repository if the workflow uses it; otherwise the repository of the
 * workflow file; otherwise that of the current folder. Never Cerevisor's own installation or home, unless named.
 */
export async function findLocalFolder(
  machine: LocalMachine,
  request: FolderRequest,
): Promise<FolderResult> {
  const { named, ofWorkflow, workflowPath } = request;
  if (named !== null) return namedFolder(machine, named, 'request', request);
  if (ofWorkflow !== null) {
    const base = workflowPath === null ? request.currentFolder : dirname(workflowPath);
    if (base === null && resolve(ofWorkflow) !== ofWorkflow)
      return refused(
        'local_folder_malformed',
        `The folder "${ofWorkflow}" is relative to the workflow file, and this workflow has no file.`,
        'Write an absolute path, or save the workflow first.',
      );
    return namedFolder(machine, resolve(base ?? sep, ofWorkflow), 'workflow', request);
  }
  const sample = await machine.sampleFolder(request.repositoryUrls);
  const candidates: readonly (readonly [string | null, LocalFolder['source']])[] = [
    [sample, 'sample'],
    [workflowPath === null ? null : dirname(workflowPath), 'workflow-file'],
    [request.currentFolder, 'current-folder'],
  ];
  for (const [folder, source] of candidates) {
    if (folder === null) continue;
    const facts = await machine.examine(folder);
    const unusable = unusableRepository(facts);
    if (unusable !== null) return unusable;
    if (source === 'sample' && facts.kind === 'plain') return brokenSample(facts.path);
    if (facts.kind !== 'repository') continue;
    if (source !== 'sample' && isCerevisorFolder(machine, facts.root)) continue;
    return accepted(facts, source, false);
  }
  return refused(
    'folder_unnamed',
    'Agents on this machine need a folder to work in, and the workflow file is not in a git repository.',
    chooseOne,
  );
}

async function namedFolder(
  machine: LocalMachine,
  folder: string,
  source: 'request' | 'workflow',
  { workflowPath }: FolderRequest,
): Promise<FolderResult> {
  const facts = await machine.examine(folder);
  if (facts.kind === 'missing')
    return refused(
      'folder_missing',
      `Agents cannot work in ${folder}: ${facts.reason}.`,
      source === 'request' ? 'Choose another folder for this run.' : chooseOne,
    );
  const unusable = unusableRepository(facts);
  if (unusable !== null) return unusable;
  if (!facts.isWritable)
    return refused(
      'folder_read_only',
      `${facts.path} is not writable.`,
      'Change its permissions, or choose another folder.',
    );
  if (source === 'request') return accepted(facts, source, false);
  const ofFile = workflowPath === null ? null : await machine.examine(dirname(workflowPath));
  return accepted(facts, source, !isSameRepository(facts, ofFile));
}

/** Git does not work in an existing repository, so advice to run `git init` would be wrong. */
function unusableRepository(facts: FolderFacts): FolderResult | null {
  if (facts.kind !== 'plain' || facts.gitProblem === undefined) return null;
  return refused(
    'repository_unusable',
    `Git cannot work in ${facts.path}: ${facts.gitProblem}.`,
    'Run `git status` there to see what git asks for, or choose a clone of the repository.',
  );
}

const brokenSample = (folder: string): FolderResult =>
  refused(
    'repository_unusable',
    `The folder of the sample, ${folder}, is no longer a git repository.`,
    'Rename or delete it: the sample is then cloned again. Or choose another folder.',
  );

function accepted(
  facts: LocalFolder['facts'],
  source: LocalFolder['source'],
  isOutsideOfWorkflow: boolean,
): FolderResult {
  // Branches and worktrees belong to the whole repository, so a folder inside it means its root.
  const folder = facts.kind === 'repository' ? facts.root : facts.path;
  return { ok: true, value: { folder, facts, source, isOutsideOfWorkflow } };
}

function isSameRepository(facts: FolderFacts, ofFile: FolderFacts | null): boolean {
  if (facts.kind === 'missing' || ofFile === null || ofFile.kind === 'missing') return false;
  if (facts.kind === 'repository' && ofFile.kind === 'repository')
    return facts.root === ofFile.root;
  return isWithin(ofFile.path, facts.path);
}

const isCerevisorFolder = ({ installationFolder, home }: LocalMachine, folder: string): boolean =>
  isWithin(installationFolder, folder) || isWithin(home, folder);

const refused = (code: string, message: string, suggestion: string): FolderResult => ({
  ok: false,
  problem: problem('error', code, path, message, suggestion),
});
