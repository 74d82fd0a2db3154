import { git, runGit } from '../../git/command.ts';
import { commitAll, commitsSince, headCommit, push } from '../../git/publish.ts';
import type { AgentRepository, PushedBranch } from '../../store/records.ts';
import type { Performance } from '../performance.ts';

/** Commits and pushes in each repository where something changed, then opens the pull requests that are wanted. */
export async function publish(performance: Performance): Promise<void> {
  for (const repository of performance.workspace.repositories) {
    await publishRepository(performance, repository);
  }
  if (performance.agent().autoCreatePR) openPullRequests(performance);
}

async function publishRepository(performance: Performance, repository: AgentRepository) {
  const { workspace, signal, narrator, reading, clock } = performance;
  const settings = { cwd: workspace.folderOf(repository), signal };
  const baseCommit = await baseOf(performance, repository);
  if (!(await hasNews(settings, baseCommit))) return;
  const subject = `${performance.agent().name || reading.title}`.split('\n')[0] ?? 'Rehearsal';
  const workingDirectory = workspace.machinePath(repository.directory);
  const command = `git add -A && git commit -m ${JSON.stringify(subject)} && git push origin ${repository.workBranch}`;
  const startedAt = clock.now();
  await narrator.tool('shell', { command, workingDirectory }, async () => {
    await commitAll(subject, settings);
    const head = await headCommit(settings);
    if (head === undefined) return { ok: false, error: 'There is nothing to push' };
    await push(repository.location, repository.workBranch, settings);
    await git(['update-ref', pushedRef, head], settings);
    rememberBranch(performance, repository, baseCommit ?? head);
    const stdout = `[${repository.workBranch} ${head.slice(0, 7)}] ${subject}\n`;
    const executionTime = clock.now() - startedAt;
    return { ok: true, value: { exitCode: 0, signal: '', stdout, stderr: '', executionTime } };
  });
}

/** The commit that the agent's first run started from. */
async function baseOf(performance: Performance, repository: AgentRepository) {
  const pushed = performance.agent().branches.find((branch) => isOf(branch, repository));
  if (pushed !== undefined) return pushed.baseCommit;
  const cwd = performance.workspace.folderOf(repository);
  const candidates = [`refs/remotes/origin/${repository.baseRef}`, repository.baseRef];
  for (const candidate of candidates) {
    const commit = await commitOf(candidate, { cwd });
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** Where the clone stood at its last push, so that a follow-up that changes nothing pushes nothing. */
const pushedRef = 'refs/rehearsal/pushed';

async function hasNews(settings: { readonly cwd: string }, baseCommit: string | undefined) {
  if ((await git(['status', '--porcelain'], settings)) !== '') return true;
  const since = (await commitOf(pushedRef, settings)) ?? baseCommit;
  return (await commitsSince(since, settings)).length > 0;
}

/** Nothing if there is no such reference. */
async function commitOf(reference: string, settings: { readonly cwd: string }) {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${reference}^{commit}`];
  const { exitCode, stdout } = await runGit(args, settings);
  return exitCode === 0 ? stdout.trim() : undefined;
}

const isOf = (branch: PushedBranch, repository: AgentRepository): boolean =>
  branch.repositoryUrl === repository.url && branch.branch === repository.workBranch;

function rememberBranch(
  performance: Performance,
  repository: AgentRepository,
  baseCommit: string,
): void {
  const { store, run } = performance;
  const agent = performance.agent();
  if (agent.branches.some((branch) => isOf(branch, repository))) return;
  const branch = {
    repositoryUrl: repository.url,
    branch: repository.workBranch,
    baseRef: repository.baseRef,
    baseCommit,
  };
  store.agents.change(run.agentId, { branches: [...agent.branches, branch] });
}

function openPullRequests(performance: Performance): void {
  const { store, clock, run, reading, workspace } = performance;
  const agent = performance.agent();
  const branches = agent.branches.map((branch) => {
    const repository = workspace.repositories.find((candidate) => isOf(branch, candidate));
    // A branch cannot be merged into itself: work on the current branch opens no pull request.
    const isNeeded = branch.pullRequestNumber === undefined && branch.branch !== branch.baseRef;
    if (repository === undefined || !isNeeded) return branch;
    const { number } = store.pullRequests.open({
      agentId: run.agentId,
      title: agent.name,
      body: `${reading.title}\n\nOpened by the rehearsed agent ${agent.id}.`,
      repositoryUrl: branch.repositoryUrl,
      location: repository.location,
      branch: branch.branch,
      baseRef: branch.baseRef,
      baseCommit: branch.baseCommit,
      createdAtMs: clock.now(),
    });
    return { ...branch, pullRequestNumber: number };
  });
  store.agents.change(run.agentId, { branches });
}
