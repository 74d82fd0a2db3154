import type { Handler } from '../api/routes.ts';
import { runGit } from '../git/command.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { PullRequestRecord } from '../store/records.ts';
import { html, type Markup, page } from './html.ts';
import { notFoundPage } from './not-found-page.ts';

const maxDiffCharacters = 400_000;

/** `GET /pull/N`: the current state of a pull request. */
export function pullRequestPage(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const number = Number(context.req.param('number'));
    const pull = Number.isInteger(number) ? rehearsal.store.pullRequests.find(number) : undefined;
    if (pull === undefined) return notFoundPage('This pull request does not exist.');
    const { commits, diff } = await contentOf(rehearsal, pull);
    return page(
      pull.title,
      html`<h1>${pull.title} <span class="status">#${pull.number}</span></h1>
<p><code>${pull.branch}</code> into <code>${pull.baseRef}</code> of ${pull.repositoryUrl},
by <a href="/agents/${pull.agentId}">its agent</a></p>
<pre>${pull.body}</pre>
<h2>Commits</h2><pre>${commits}</pre>
<h2>Changes</h2><pre class="diff">${colored(diff)}</pre>`,
    );
  };
}

/** Reads the repository itself: users may have pushed to the branch, or deleted it. */
async function contentOf({ options }: Rehearsal, pull: PullRequestRecord) {
  const mirror = await runGit(['init', '--quiet', '--bare', 'pages.git'], { cwd: options.home });
  const cwd = `${options.home}/pages.git`;
  const ref = `refs/heads/${pull.branch}`;
  const pullRef = `refs/pull/${pull.number}`;
  const fetched =
    mirror.exitCode === 0
      ? await runGit(['fetch', '--quiet', '--', pull.location, `+${ref}:${pullRef}`], {
          cwd,
          remote: pull.location,
        })
      : mirror;
  if (fetched.exitCode !== 0) {
    return { commits: `The branch cannot be read: ${fetched.stderr}`, diff: '' };
  }
  const range = `${pull.baseCommit}..${pullRef}`;
  const log = await runGit(['log', '--format=%h %an: %s', range, '--'], { cwd });
  const diff = await runGit(['diff', '--stat', '--patch', '--no-ext-diff', range, '--'], { cwd });
  return { commits: log.stdout, diff: diff.stdout.slice(0, maxDiffCharacters) };
}

function colored(diff: string): readonly Markup[] {
  return diff.split('\n').map((line) => {
    if (line.startsWith('+')) return html`<span class="added">${line}</span>\n`;
    if (line.startsWith('-')) return html`<span class="removed">${line}</span>\n`;
    return html`${line}\n`;
  });
}
