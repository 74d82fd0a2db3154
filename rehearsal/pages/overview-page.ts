import type { Handler } from '../api/routes.ts';
import { readLedger } from '../ledger/ledger.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { html, page } from './html.ts';

/** `GET /rehearsal`: the ledger as a page. */
export function overviewPage({ store, faults, clock, origin }: Rehearsal): Handler {
  return () => {
    const ledger = readLedger(store, { origin: origin(), includesEvents: false });
    const rows = [...ledger.agents].reverse().map(
      (agent) =>
        html`<tr><td><a href="/agents/${agent.id}">${agent.name}</a>${agent.isDeleted ? ' (deleted)' : ''}</td>
<td>${agent.runs.map(
          ({ status, eventCount, streamConnects }) =>
            html`<span class="status">${status}</span> ${eventCount} events, ${streamConnects.length} reads<br>`,
        )}</td>
<td>${agent.creates.asked} requested, ${agent.creates.conflicted} rejected as duplicates</td>
<td>${agent.branches.map(({ branch }) => html`<code>${branch}</code><br>`)}${agent.pullRequests.map(
          ({ url, title }) => html`<a href="${url}">${title}</a><br>`,
        )}</td><td>${agent.artifacts.length}</td></tr>`,
    );
    const localRows = [...ledger.localAgents].reverse().map(
      ({ id, turns }) =>
        html`<tr><td>${turns[0]?.title}</td><td><code>${id}</code></td>
<td>${turns.map(
          ({ status, toolCalls, attempts }) =>
            html`<span class="status">${status}</span> ${toolCalls} tool calls, ${attempts} attempts<br>`,
        )}</td></tr>`,
    );
    const faultRows = faults.list().map(
      ({ id, match, effect, seen, fired }) =>
        html`<tr><td><code>${id}</code></td><td><code>${JSON.stringify(match)}</code></td>
<td><code>${JSON.stringify(effect)}</code></td><td>${fired} of ${seen}</td></tr>`,
    );
    return page(
      'Rehearsal cloud',
      html`<h1>Rehearsal cloud</h1>
<p>Its clock shows ${new Date(clock.now()).toISOString()} and runs ${clock.scale} times as fast as yours.
The same as JSON: <a href="/rehearsal/ledger">ledger</a>.</p>
<h2>Agents</h2><table><tr><th>Agent</th><th>Runs</th><th>Creates</th><th>Branches</th><th>Artifacts</th></tr>${rows}</table>
<h2>Agents on this machine</h2><table><tr><th>Agent</th><th>Id</th><th>Turns</th></tr>${localRows}</table>
<h2>Faults</h2><table><tr><th>Fault</th><th>When</th><th>What</th><th>Fired</th></tr>${faultRows}</table>`,
    );
  };
}
