import { type GitSettings, git } from './command.ts';

export type RemoteRefs = {
  /** Commit of each branch. */
  readonly branches: ReadonlyMap<string, string>;
  /** Absent if the repository is empty or its HEAD is invalid. */
  readonly defaultBranch?: string;
};

/** Lists the branches of a remote repository. Throws a `GitError` if it cannot be reached. */
export async function listRemoteRefs(location: string, settings: GitSettings): Promise<RemoteRefs> {
  const output = await git(['ls-remote', '--symref', '--', location], {
    ...settings,
    remote: location,
  });
  const branches = new Map<string, string>();
  let defaultBranch: string | undefined;
  for (const line of output.split('\n')) {
    const symbolic = /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line);
    if (symbolic !== null) defaultBranch = symbolic[1];
    const branch = /^([0-9a-f]{40,64})\trefs\/heads\/(\S+)$/.exec(line);
    if (branch?.[1] !== undefined && branch[2] !== undefined) branches.set(branch[2], branch[1]);
  }
  return { branches, ...(defaultBranch === undefined ? {} : { defaultBranch }) };
}

export const isCommitId = (ref: string): boolean => /^[0-9a-f]{40}$/i.test(ref);
