import { runGit } from '../../git/command.ts';
import type { AgentRepository } from '../../store/records.ts';
import type { ToolOutcome } from '../../stream/tool-calls.ts';
import type { RunContext } from '../run-context.ts';

/** Merges another agent's branch into this agent's branch, in each repository that has it. */
export async function mergeBranch(context: RunContext, branch: string): Promise<void> {
  for (const repository of context.workspace.repositories) {
    if (repository.workBranch === branch) continue;
    if (!(await hasBranch(context, repository, branch))) continue;
    await context.writer.runTool(
      'shell',
      {
        command: `git fetch origin ${branch} && git merge FETCH_HEAD`,
        workingDirectory: context.workspace.machinePath(repository.directory),
      },
      () => merge(context, repository, branch),
    );
  }
}

async function hasBranch(
  { workspace, signal }: RunContext,
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
  { workspace, signal, clock }: RunContext,
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
  // On a conflict, the agent continues without that branch, and the transcript shows why.
  if (merged.exitCode !== 0) await runGit(['merge', '--abort'], settings);
  const { exitCode, stdout, stderr } = merged;
  const executionTime = clock.now() - startedAt;
  return { ok: true, value: { exitCode, signal: '', stdout, stderr, executionTime } };
}
