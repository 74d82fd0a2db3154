import { execFile } from 'node:child_process';
import type { CommitLookup } from './context.ts';
import { repositoryKey } from './repositories.ts';

const DEADLINE_MS = 5_000;

/**
 * Asks git which commit a ref points to, without ever prompting. Most machines can tell for the person's own
 * repositories; where git cannot, the commit stays unknown. `knownUrls` restores the scheme that Cursor leaves out.
 * Git is given this environment: it starts programs that the person's settings name, so it should hold no keys.
 */
export function gitCommits(
  knownUrls: () => readonly string[],
  environment: Readonly<Record<string, string>>,
): CommitLookup {
  return (repoUrl, ref, signal) => {
    const key = repositoryKey(repoUrl);
    const url = knownUrls().find((known) => repositoryKey(known) === key) ?? withScheme(repoUrl);
    const patterns = ref === null ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
    return new Promise((resolve) => {
      execFile(
        'git',
        ['ls-remote', '--', url, ...patterns],
        {
          timeout: DEADLINE_MS,
          signal,
          env: {
            ...environment,
            // Addresses come from workflow files and from Cursor; helpers such as `ext::` would run what they say.
            GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
            GIT_TERMINAL_PROMPT: '0',
            GIT_ASKPASS: '',
            GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
          },
        },
        (error, stdout) => resolve(error === null ? firstCommit(stdout) : null),
      );
    });
  };
}

function withScheme(url: string): string {
  return /^([a-z][a-z+.-]*:|\/|[^/]+@)/i.test(url) ? url : `https://${url}`;
}

function firstCommit(output: string): string | null {
  return /^([0-9a-f]{40,64})\t/m.exec(output)?.[1] ?? null;
}
