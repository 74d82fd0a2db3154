import { graphOf, upstreamOf } from '../../workflow/graph.ts';
import { agentsThatCannotAsk, permissionsOf } from '../../workflow/permissions.ts';
import { agentsIn } from '../../workflow/placement.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import type { Workflow } from '../../workflow/schema.ts';
import type { StartRequest } from '../api.ts';
import { findLocalFolder, type LocalFolder } from './local-folder.ts';
import { localLoad, memoryProblems, sandboxedServerProblems } from './local-load.ts';
import type { LocalMachine } from './local-machine.ts';
import { type TrustQuestion, trustQuestion } from './trust.ts';

/** The repository to which local branches are pushed, so that agents in the cloud can start from them. */
export type PushTarget = {
  /** The URL of the folder's remote. */
  readonly remoteUrl: string;
  /** The URL of the repository target of the session. */
  readonly repoUrl: string;
};

/** How agents of a run work on this machine. */
export type LocalPlan = {
  readonly folder: LocalFolder;
  /** Agents run in Cursor's sandbox. */
  readonly sandbox: boolean;
  /** The workflow requires agents to ask before they write files, and this machine cannot enforce that. */
  readonly needsConsentWithoutSandbox: boolean;
  readonly trust: TrustQuestion | null;
  /** Set if agents in the cloud depend on agents on this machine. */
  readonly pushTo: PushTarget | null;
  /** The repository target that the folder is a clone of. */
  readonly clone: PushTarget | null;
};

/** The plan is null if no agent of the run works on this machine, or if there is no usable folder. */
export async function localPlanOf(
  machine: LocalMachine,
  workflow: Workflow,
  request: StartRequest,
  repositories: readonly { readonly url: string }[],
): Promise<{ plan: LocalPlan | null; problems: Problem[] }> {
  if (agentsIn('local', workflow).length === 0) return { plan: null, problems: [] };
  const obstacles = (await machine.obstacles()).map(({ code, message, suggestion }) =>
    problem('error', code, [], message, suggestion),
  );
  const located = await findLocalFolder(machine, {
    named: request.folder ?? null,
    ofWorkflow: workflow.settings.local.folder ?? null,
    workflowPath: request.workflowPath ?? null,
    currentFolder: request.currentFolder ?? null,
    repositoryUrls: repositories.map(({ url }) => url),
  });
  // Without git, no folder is recognized as a repository, so the missing folder is not reported too.
  const isCausedByObstacle =
    obstacles.length > 0 && !located.ok && located.problem.code === 'folder_unnamed';
  if (!located.ok)
    return {
      plan: null,
      problems: isCausedByObstacle ? obstacles : [...obstacles, located.problem],
    };
  const folder = located.value;
  const sandbox = await sandboxOf(machine, workflow);
  const crossing = pushTargetOf(workflow, folder, repositories);
  return {
    plan: {
      folder,
      sandbox: sandbox.isUsed,
      needsConsentWithoutSandbox: sandbox.needsConsent,
      trust: trustQuestion(workflow, {
        path: folder.folder,
        isOutsideOfWorkflow: folder.isOutsideOfWorkflow,
      }),
      pushTo: crossing.target,
      clone: cloneOf(folder, repositories),
    },
    problems: [
      ...obstacles,
      // Without git, no folder is recognized as a repository.
      ...(obstacles.length === 0 ? isolationProblems(workflow, folder) : []),
      ...sandbox.problems,
      ...sandboxedServerProblems(workflow, sandbox.isUsed),
      ...memoryProblems(localLoad(workflow), machine.freeMemoryBytes()),
      ...crossing.problems,
    ],
  };
}

const isolationPath = ['settings', 'local', 'isolation'];

/** Worktrees need a repository with at least one commit. */
function isolationProblems({ settings }: Workflow, { facts, folder }: LocalFolder): Problem[] {
  if (settings.local.isolation === 'in-place') return [];
  if (facts.kind === 'plain')
    return [
      problem(
        'error',
        'folder_without_git',
        isolationPath,
        `${folder} is not in a git repository, but agents need one for their worktrees.`,
        'Run `git init` there and create a commit, or let agents work in the folder itself ("isolation": "in-place").',
      ),
    ];
  if (facts.head === null)
    return [
      problem(
        'error',
        'repository_without_commits',
        isolationPath,
        `The repository in ${folder} has no commits yet, so there is nothing for agents to start from.`,
        'Create a commit, for example with `git commit --allow-empty -m Start`.',
      ),
    ];
  return [];
}

/** "allow" needs no sandbox; "ask" and "deny" do. If there is none, "ask" needs consent, and "deny" is an error. */
async function sandboxOf(
  machine: LocalMachine,
  workflow: Workflow,
): Promise<{ isUsed: boolean; needsConsent: boolean; problems: Problem[] }> {
  const { filesystemWrite } = permissionsOf(workflow.settings);
  // Agents that ask before each call need no sandbox.
  const isNeeded = agentsThatCannotAsk(workflow).length > 0;
  if (filesystemWrite === 'allow' || !isNeeded)
    return { isUsed: false, needsConsent: false, problems: [] };
  const { isAvailable, reason } = await machine.sandbox();
  if (isAvailable) return { isUsed: true, needsConsent: false, problems: [] };
  if (filesystemWrite === 'ask') return { isUsed: false, needsConsent: true, problems: [] };
  return {
    isUsed: false,
    needsConsent: false,
    problems: [
      problem(
        'error',
        'sandbox_unavailable',
        ['settings', 'permissions', 'filesystemWrite'],
        `The workflow does not allow agents to write files, and this machine cannot enforce that${reason === undefined ? '' : `: ${reason}`}.`,
        'Set the permission "filesystemWrite" to "ask" or "allow", or run the workflow in the cloud.',
      ),
    ],
  };
}

function pushTargetOf(
  workflow: Workflow,
  folder: LocalFolder,
  repositories: readonly { readonly url: string }[],
): { target: PushTarget | null; problems: Problem[] } {
  const pair = crossingOf(workflow);
  if (pair === null || repositories.length === 0 || folder.facts.kind === 'plain')
    return { target: null, problems: [] };
  const target = cloneOf(folder, repositories);
  if (target !== null) return { target, problems: [] };
  const { source: local, target: cloud } = pair;
  return {
    target: null,
    problems: [
      problem(
        'warning',
        'local_branch_out_of_reach',
        ['settings', 'cloud', 'repos'],
        `"${cloud}" runs in the cloud and follows "${local}" on this machine, but the folder is not a clone of a repository target: "${cloud}" gets the hand-off, but not the files.`,
        'Add the repository of the folder to the repository targets, or run both agents in the same place.',
      ),
    ],
  };
}

function cloneOf(
  { facts, source }: LocalFolder,
  repositories: readonly { readonly url: string }[],
): PushTarget | null {
  if (facts.kind === 'plain' || facts.remoteUrl === null) return null;
  const { remoteUrl } = facts;
  const same =
    source === 'sample'
      ? repositories[0]
      : repositories.find(({ url }) => repositoryKey(url) === repositoryKey(remoteUrl));
  return same === undefined ? null : { remoteUrl, repoUrl: same.url };
}

/** The first agent in the cloud that depends on an agent on this machine. */
function crossingOf(workflow: Workflow): { source: string; target: string } | null {
  const local = new Map(agentsIn('local', workflow).map(({ id, name }) => [id, name]));
  const graph = graphOf(workflow);
  for (const { id, name } of agentsIn('cloud', workflow)) {
    const source = upstreamOf(graph, id).find((upstream) => local.has(upstream));
    if (source !== undefined) return { source: local.get(source) ?? source, target: name };
  }
  return null;
}
