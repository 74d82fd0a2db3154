import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGitInUserRepository } from '../src/lib/git.ts';
import { cerevisorAuthor } from '../src/lib/git-client.ts';
import { openWorkspaces } from '../src/runner/workspace/workspaces.ts';
import type { WorkspaceRequest } from '../src/runner/workspace-port.ts';

const FILES = 100_000;
const PER_FOLDER = 250;
const ROUNDS = 3;

/**
 * Measures how long it takes to prepare a worktree for an attempt in a repository of 100,000 files with a few
 * uncommitted changes, compared with `git worktree add`. The first attempt of a session also creates the snapshot.
 */
export async function measureWorktree(): Promise<Record<string, number>> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerevisor-bench-')));
  try {
    const project = join(folder, 'project');
    await makeRepository(project);
    const home = join(folder, 'home');
    mkdirSync(home);
    const times = { bare: 0, first: 0, next: 0, commit: 0 };
    // An uncounted warm-up round loads the git objects into the system's file cache.
    await measureRound({ ...times }, { project, home, round: -1 });
    for (let round = 0; round < ROUNDS; round += 1) {
      await measureRound(times, { project, home, round });
    }
    const { bare, first, next, commit } = times;
    return {
      'git worktree add, seconds': bare / ROUNDS / 1000,
      'first attempt of a session, times git worktree add': first / bare,
      'first attempt of a session, seconds beyond it': (first - bare) / ROUNDS / 1000,
      'next attempt, times git worktree add': next / bare,
      'next attempt, seconds beyond it': (next - bare) / ROUNDS / 1000,
      'commit at the end of a turn, seconds': commit / ROUNDS / 1000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Times = { bare: number; first: number; next: number; commit: number };
type RoundOptions = { readonly project: string; readonly home: string; readonly round: number };

async function measureRound(times: Times, { project, home, round }: RoundOptions): Promise<void> {
  const bare = join(home, `bare-${round}`);
  times.bare += await timed(() => git(project, 'worktree', 'add', '--quiet', '--detach', bare));
  await git(project, 'worktree', 'remove', '--force', bare);
  const workspaces = await openWorkspaces({ home });
  const prepare = async (agentName: string) => {
    const request = requestFor(project, agentName, round);
    const calls = { signal: new AbortController().signal, onItem: () => {} };
    const answer = await workspaces.prepareWorkspace(request, calls);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };
  const made: Awaited<ReturnType<typeof prepare>>[] = [];
  times.first += await timed(async () => {
    made.push(await prepare('First'));
  });
  for (const workspace of made) {
    writeFileSync(join(workspace.cwd, 'work.txt'), `${round}\n`);
    times.commit += await timed(async () => {
      await workspaces.commitTurn(workspace, 'Turn');
    });
  }
  times.next += await timed(async () => {
    made.push(await prepare('Next'));
  });
  for (const workspace of made) await workspaces.removeWorktree(workspace);
}

const requestFor = (folder: string, agentName: string, round: number): WorkspaceRequest => ({
  sessionId: `s_${round}`,
  sessionPrefix: `s_${round}`,
  workflowName: 'Bench',
  agentName,
  attempt: 1,
  folder,
  isolation: 'worktree',
  carryUncommitted: true,
  setup: [],
  copy: [],
  bases: [],
});

async function timed(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

async function makeRepository(project: string): Promise<void> {
  for (let index = 0; index < FILES; index += 1) {
    const folder = join(project, `folder-${Math.floor(index / PER_FOLDER)}`);
    if (index % PER_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${index}.ts`), `export const value${index} = ${index};\n`);
  }
  await git(project, 'init', '--quiet');
  await git(project, 'add', '--all');
  await git(project, 'commit', '--quiet', '-m', 'Begin');
  for (let index = 0; index < 20; index += 1)
    writeFileSync(join(project, `uncommitted-${index}.ts`), 'new\n');
}

async function git(cwd: string, ...words: string[]): Promise<void> {
  const options = { cwd, variables: cerevisorAuthor, timeoutMs: 30 * 60_000 };
  const { exitCode, stderr } = await runGitInUserRepository(words, options);
  if (exitCode !== 0) throw new Error(`git ${words[0]} failed: ${stderr}`);
}
