import { runGit } from '../../git/command.ts';
import type { AgentRepository } from '../../store/records.ts';
import type { ToolOutcome } from '../../stream/tool-calls.ts';
import type { Performance } from '../performance.ts';

/** Merges a branch of another agent into this one's, in each repository that has it. */
export async function mergeBranch(performance: Performance, branch: string): Promise<void> {
  for (const repository of performance.workspace.repositories) {
    if (repository.workBranch === branch) continue;
    if (!(await hasBranch(performance, repository, branch))) continue;
    await performance.narrator.tool(
      'shell',
      {
        command: `git fetch origin ${branch} && git merge FETCH_HEAD`,
        workingDirectory: performance.workspace.machinePath(repository.directory),
      },
      () => merge(performance, repository, branch),
    );
  }
}

async function hasBranch(
  { workspace, signal }: Performance,
  repository: AgentRepository,
  branch: string,
): Promise<boolean> {
  const { exitCode } = await runGit(
    ['ls-remote', '--exit-code', '--heads', '--', repository.location, `refs/heads/${branch}`],
    { cwd: workspace.folderOf(repository), signal, remote: repository.location },
  );
  return exitCode === 0;
}

async function merge(
  { workspace, signal, clock }: Performance,
  repository: AgentRepository,
  branch: string,
): Promise<ToolOutcome> {
  const settings = { cwd: workspace.folderOf(repository), signal };
  const startedAt = clock.now();
  await runGit(['fetch', '--quiet', '--', repository.location, `refs/heads/${branch}`], {
    ...settings,
    remote: repository.location,
  });
  const message = `Merge ${branch}`;
  const merged = await runGit(['merge', '--no-edit', '-m', message, 'FETCH_HEAD'], settings);
  // A conflict is left to people: the work continues without that branch, and the transcript shows why.
  if (merged.exitCode !== 0) await runGit(['merge', '--abort'], settings);
  const { exitCode, stdout, stderr } = merged;
  const executionTime = clock.now() - startedAt;
  return { ok: true, value: { exitCode, signal: '', stdout, stderr, executionTime } };
}
