import { git, runGit } from '../../git/command.ts';
import { commitAll, commitsSince, headCommit, push } from '../../git/publish.ts';
import type { AgentRepository, PushedBranch } from '../../store/records.ts';
import type { RunContext } from '../run-context.ts';

/** Commits and pushes in each repository that has changes, then opens the requested pull requests. */
export async function publish(context: RunContext): Promise<void> {
  for (const repository of context.workspace.repositories) {
    await publishRepository(context, repository);
  }
  if (context.agent().autoCreatePR) openPullRequests(context);
}

async function publishRepository(context: RunContext, repository: AgentRepository) {
  const { workspace, signal, writer, parsedPrompt, clock } = context;
  const settings = { cwd: workspace.folderOf(repository), signal };
  const baseCommit = await baseOf(context, repository);
  if (!(await hasChanges(settings, baseCommit))) return;
  const subject = `${context.agent().name || parsedPrompt.title}`.split('\n')[0] ?? 'Rehearsal';
  const workingDirectory = workspace.machinePath(repository.directory);
  const command = `git add -A && git commit -m ${JSON.stringify(subject)} && git push origin ${repository.workBranch}`;
  const startedAt = clock.now();
  await writer.runTool('shell', { command, workingDirectory }, async () => {
    await commitAll(subject, settings);
    const head = await headCommit(settings);
    if (head === undefined) return { ok: false, error: 'There is nothing to push' };
    await push(repository.location, repository.workBranch, settings);
    await git(['update-ref', pushedRef, head], settings);
    recordBranch(context, repository, baseCommit ?? head);
    const stdout = `[${repository.workBranch} ${head.slice(0, 7)}] ${subject}\n`;
    const executionTime = clock.now() - startedAt;
    return { ok: true, value: { exitCode: 0, signal: '', stdout, stderr: '', executionTime } };
  });
}

/** The commit from which the agent's first run started. */
async function baseOf(context: RunContext, repository: AgentRepository) {
  const pushed = context.agent().branches.find((branch) => isBranchOf(branch, repository));
  if (pushed !== undefined) return pushed.baseCommit;
  const cwd = context.workspace.folderOf(repository);
  const candidates = [`refs/remotes/origin/${repository.baseRef}`, repository.baseRef];
  for (const candidate of candidates) {
    const commit = await commitOf(candidate, { cwd });
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** The commit of the last push, so that a follow-up without changes pushes nothing. */
const pushedRef = 'refs/rehearsal/pushed';

async function hasChanges(settings: { readonly cwd: string }, baseCommit: string | undefined) {
  if ((await git(['status', '--porcelain'], settings)) !== '') return true;
  const since = (await commitOf(pushedRef, settings)) ?? baseCommit;
  return (await commitsSince(since, settings)).length > 0;
}

/** Returns `undefined` if the reference does not exist. */
async function commitOf(reference: string, settings: { readonly cwd: string }) {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${reference}^{commit}`];
  const { exitCode, stdout } = await runGit(args, settings);
  return exitCode === 0 ? stdout.trim() : undefined;
}

const isBranchOf = (branch: PushedBranch, repository: AgentRepository): boolean =>
  branch.repositoryUrl === repository.url && branch.branch === repository.workBranch;

function recordBranch(context: RunContext, repository: AgentRepository, baseCommit: string): void {
  const { store, run } = context;
  const agent = context.agent();
  if (agent.branches.some((branch) => isBranchOf(branch, repository))) return;
  const branch = {
    repositoryUrl: repository.url,
    branch: repository.workBranch,
    baseRef: repository.baseRef,
    baseCommit,
  };
  store.agents.update(run.agentId, { branches: [...agent.branches, branch] });
}

function openPullRequests(context: RunContext): void {
  const { store, clock, run, parsedPrompt, workspace } = context;
  const agent = context.agent();
  const branches = agent.branches.map((branch) => {
    const repository = workspace.repositories.find((candidate) => isBranchOf(branch, candidate));
    // Work on the current branch opens no pull request, since a branch cannot be merged into itself.
    const isNeeded = branch.pullRequestNumber === undefined && branch.branch !== branch.baseRef;
    if (repository === undefined || !isNeeded) return branch;
    const { number } = store.pullRequests.open({
      agentId: run.agentId,
      title: agent.name,
      body: `${parsedPrompt.title}\n\nOpened by the rehearsed agent ${agent.id}.`,
      repositoryUrl: branch.repositoryUrl,
      location: repository.location,
      branch: branch.branch,
      baseRef: branch.baseRef,
      baseCommit: branch.baseCommit,
      createdAtMs: clock.now(),
    });
    return { ...branch, pullRequestNumber: number };
  });
  store.agents.update(run.agentId, { branches });
}
