import type { Handler } from '../api/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { html, type Markup, page } from './html.ts';
import { notFoundPage } from './not-found-page.ts';

const maxFrames = 5_000;

/** `GET /agents/bc-…`: the page at an agent's `url`. */
export function agentPage({ store }: Rehearsal): Handler {
  return (context) => {
    const agent = store.agents.find(context.req.param('agentId') ?? '');
    if (agent === undefined || agent.isDeleted) return notFoundPage('This agent does not exist.');
    const repositories = agent.repositories.map(
      ({ url, baseRef, workBranch }) =>
        html`<tr><td>${url}</td><td><code>${baseRef}</code></td><td><code>${workBranch}</code></td></tr>`,
    );
    const pulls = store.pullRequests
      .ofAgent(agent.id)
      .map(({ number, title }) => html`<li><a href="/pull/${number}">#${number} ${title}</a></li>`);
    const artifacts = store.artifacts
      .ofAgent(agent.id)
      .map(({ path, sizeBytes }) => html`<li><code>${path}</code>, ${sizeBytes} bytes</li>`);
    const runs = store.runs.ofAgent(agent.id).map((run) => runSection(store, run));
    return page(
      agent.name,
      html`<h1>${agent.name}</h1><p><code>${agent.id}</code></p>
<h2>Repositories</h2><table><tr><th>Repository</th><th>Starts from</th><th>Works on</th></tr>${repositories}</table>
<h2>Pull requests</h2><ul>${pulls}</ul>
<h2>Artifacts</h2><ul>${artifacts}</ul>${runs}`,
    );
  };
}

function runSection(store: Store, run: RunRecord): Markup {
  return html`<h2>Run <code>${run.id}</code> <span class="status">${run.status}</span></h2>
<details><summary>Prompt</summary><pre>${run.prompt}</pre></details>
${transcript(store, run)}`;
}

/** The stream in readable form: text in paragraphs, and one line per tool call. */
function transcript(store: Store, run: RunRecord): Markup {
  const parts: Markup[] = [];
  let text = '';
  let speaker = '';
  const flush = () => {
    if (text !== '') {
      parts.push(speaker === 'assistant' ? html`<p>${text}</p>` : html`<p><em>${text}</em></p>`);
    }
    text = '';
  };
  for (const { event, data } of store.events.after(run.id, 0, maxFrames)) {
    // Frames are written by this program: `assistant` and `thinking` have a text, `tool_call` has a name.
    const frame = JSON.parse(data) as {
      text?: string;
      name?: string;
      status?: string;
      args?: unknown;
    };
    if (event === 'assistant' || event === 'thinking') {
      if (event !== speaker) flush();
      speaker = event;
      text += frame.text ?? '';
    } else if (event === 'tool_call' && frame.status === 'running') {
      flush();
      parts.push(html`<pre>${frame.name} ${JSON.stringify(frame.args)}</pre>`);
    }
  }
  flush();
  return html`${parts}`;
}
