import { join } from 'node:path';
import type { LifecycleEvent } from '../src/session/events.ts';
import type { ThreadId, TurnId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import type { WorkflowInput } from '../src/workflow/schema.ts';
import { workflowSchema } from '../src/workflow/schema.ts';
import { sessionStarted } from './server.ts';
import type { WorkingFolder } from './working-folder.ts';

const workflow = (outputFiles: string[] = []): WorkflowInput => ({
  version: '1.0',
  id: 'shop',
  name: 'Shop',
  agents: [
    { id: 'plan', name: 'Planner' },
    { id: 'build', name: 'Builder', outputFiles },
  ],
  connections: [{ id: 'c', source: 'plan', target: 'build' }],
});

/**
 * Events of a local session whose agents produced these branches; the second agent started from the work of the first.
 */
export function localSession(
  folder: string,
  work: Record<'plan' | 'build', Work>,
  outputs: string[] = [],
) {
  const started = sessionStarted({
    mode: 'local',
    workflow: workflowSchema.parse(workflow(outputs)),
    local: {
      folder,
      isRepository: true,
      isolation: 'worktree',
      carryUncommitted: true,
      setup: [],
      copy: [],
      sandbox: false,
      maxConcurrentAgents: 4,
      maxAttempts: 1,
    },
  });
  const branchOf = ({ branch, commit }: Work) => [{ repoUrl: folder, branch, commit }];
  const attempts = (['plan', 'build'] as const).flatMap((name): LifecycleEvent[] => {
    const subject = { agentId: agentId(name), attempt: 1 };
    const threadId = `agent-${name}` as ThreadId;
    const turnId = `turn-${name}` as TurnId;
    const { base } = work[name];
    return [
      {
        ...subject,
        type: 'LaunchIntended',
        round: 1,
        runtime: 'cursor-local',
        account: null,
        threadId,
        requestHash: 'x',
        prompt: 'Work.',
        repositories: [],
        autoCreatePr: false,
      },
      { ...subject, type: 'Launched', round: 1, threadId, turnId, adopted: false },
      {
        ...subject,
        type: 'CommitsRecorded',
        moment: 'base',
        commits: [{ repoUrl: folder, ref: 'HEAD', commit: base }],
      },
      {
        ...subject,
        type: 'RunEnded',
        turnId,
        outcome: 'finished',
        result: 'Done.',
        branches: branchOf(work[name]),
        source: 'stream',
        whileAway: false,
      },
      { ...subject, type: 'AgentSettled', round: 1, outcome: 'completed' },
    ];
  });
  return [started, ...attempts];
}

/** Like `localSession`, with the second agent in the cloud, where it worked on the repository at `remote`. */
export function mixedSession(
  folder: string,
  work: Record<'plan' | 'build', Work>,
  remote: string,
): LifecycleEvent[] {
  return localSession(folder, work).map((event) => {
    if (!('agentId' in event) || event.agentId !== 'build') return event;
    if (event.type === 'LaunchIntended') return { ...event, runtime: 'cursor-cloud' as const };
    if (event.type === 'CommitsRecorded')
      return { ...event, commits: [{ repoUrl: remote, ref: 'main', commit: work.build.base }] };
    if (event.type !== 'RunEnded') return event;
    const { branch, commit } = work.build;
    return { ...event, branches: [{ repoUrl: remote, branch, commit }] };
  });
}

/** The work of an agent in the user's repository. */
export type Work = { readonly branch: string; readonly commit: string; readonly base: string };

/** Commits a change on a separate branch, as an agent does in its worktree. */
export function workOn(
  world: WorkingFolder,
  branch: string,
  from: string,
  change: (folder: string) => void,
): Work {
  world.inProject('worktree', 'add', '--quiet', '-b', branch, world.at(branch), from);
  change(world.at(branch));
  world.git(world.at(branch), 'add', '--all');
  world.git(world.at(branch), 'commit', '--quiet', '-m', branch);
  return {
    branch,
    commit: world.inProject('rev-parse', branch),
    base: world.inProject('rev-parse', from),
  };
}

/** Like `workOn`, with one file. */
export const commitOn = (
  world: WorkingFolder,
  branch: string,
  from: string,
  path: string,
  text: string,
): Work => workOn(world, branch, from, (folder) => world.write(join(folder, path), text));
