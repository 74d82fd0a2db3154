import { hasSeveralLocations } from '../../contract/agent-location.ts';
import { usesSeveralProviders } from '../../contract/agent-provider.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, paint, quiet, toned } from '../terminal/lines.ts';
import { cleanLine, widthOf } from '../terminal/text.ts';
import { agentDetails, type Detail } from './agent-details.ts';
import { agentHeadline, type Columns } from './agent-headline.ts';
import { briefEnhanceLines } from './enhance.ts';
import { branchLines, loopLines } from './flow.ts';
import type { LiveState } from './live.ts';
import { agentSign, agentTone, isSettledAgent } from './status.ts';
import { treeHeader } from './tree-header.ts';
import type { TreeOptions } from './tree-options.ts';

/** How much is shown, from everything to the least that still shows the state of the session. */
type Density = { readonly details: Detail; readonly foldSettledWaves: boolean };

const densities: readonly Density[] = [
  { details: 'all', foldSettledWaves: false },
  { details: 'active', foldSettledWaves: false },
  { details: 'problems', foldSettledWaves: false },
  { details: 'problems', foldSettledWaves: true },
  { details: 'none', foldSettledWaves: true },
];

/**
 * Renders the session as a tree of waves and agents, one string for each row, none wider than `width`. Pure: the same
 * session at the same time gives the same rows.
 */
export function renderTree(view: SessionDetail, live: LiveState, options: TreeOptions): string[] {
  const fits = (lines: readonly Line[]): boolean =>
    options.height === undefined || lines.length <= options.height;
  let lines: Line[] = [];
  for (const density of densities) {
    lines = treeLines(view, live, options, density);
    if (fits(lines)) break;
  }
  return clip(lines, options.height).map((parts) => paint(parts, options, options.width));
}

function treeLines(
  view: SessionDetail,
  live: LiveState,
  options: TreeOptions,
  density: Density,
): Line[] {
  const columns = columnsFor(view.agents, options.width);
  const lines = [...treeHeader(view, live, options)];
  for (const wave of wavesOf(view)) {
    if (density.foldSettledWaves && wave.agents.every((agent) => isSettledAgent(agent.status))) {
      lines.push(foldedWave(wave, options.unicode));
      continue;
    }
    lines.push(line('  ', quiet(waveTitle(wave))));
    for (const agent of wave.agents) {
      const context = { session: view, waitsFor: waitsFor(agent, view), columns };
      lines.push(agentHeadline(agent, context, options));
      lines.push(...agentDetails(agent, live.activity.get(agent.id), options, density.details));
    }
  }
  const flow = [
    ...loopLines(view, options.unicode),
    ...(density.details === 'all' ? branchLines(view, options.unicode) : []),
    ...enhanceStatusLines(view, options, density.details),
  ];
  if (flow.length > 0) lines.push(line(), ...flow);
  if (options.footer !== undefined) lines.push(line(), line('  ', quiet(options.footer)));
  return lines;
}

/** The state of Loop & Enhance, which belongs to no single agent. */
function enhanceStatusLines(
  session: SessionDetail,
  { width }: TreeOptions,
  details: Detail,
): Line[] {
  const { enhance } = session;
  if (enhance === null) return [];
  const mostRows = details === 'all' || details === 'active' ? 4 : 1;
  const lines = briefEnhanceLines(enhance, session, { width, mostRows });
  return details === 'none' ? lines.slice(0, 1) : lines;
}

/** Names of the upstream agents that are not settled yet. Loop connections do not count. */
function waitsFor(agent: AgentView, view: SessionDetail): string[] {
  const sources = view.connections.filter(
    ({ target, flowType }) => target === agent.id && flowType !== 'loop',
  );
  const open = view.agents.filter(
    ({ id, status }) => !isSettledAgent(status) && sources.some(({ source }) => source === id),
  );
  return open.map(({ name }) => name);
}

export type Wave = { readonly number: number; readonly agents: readonly AgentView[] };

export function wavesOf(view: SessionDetail): Wave[] {
  const byNumber = Map.groupBy(view.agents, (agent) => agent.wave);
  return [...byNumber]
    .sort(([left], [right]) => waveOrder(left) - waveOrder(right))
    .map(([number, agents]) => ({ number, agents }));
}

/** Agents without a wave come last. */
const waveOrder = (number: number): number => (number === 0 ? Number.POSITIVE_INFINITY : number);

/** The planner, and agents that it removed from the workflow, belong to no wave. */
export const waveTitle = ({ number }: Wave): string =>
  number === 0 ? 'Between rounds' : `Wave ${number}`;

function foldedWave(wave: Wave, unicode: boolean): Line {
  const counts = Map.groupBy(wave.agents, (agent) => agent.status);
  const parts = [...counts].map(([status, agents], index) =>
    toned(
      agentTone(status),
      `${index === 0 ? '' : ', '}${agentSign(status, unicode)} ${agents.length} ${status}`,
    ),
  );
  return line('  ', quiet(`${waveTitle(wave)}  `), ...parts);
}

/** Names get the width that status and time leave, so that both stay readable at 40 columns. */
function columnsFor(agents: readonly AgentView[], width: number): Columns {
  const names = agents.map((agent) => widthOf(cleanLine(agent.name)));
  const longest = Math.max(4, ...names);
  const hasLocation = hasSeveralLocations(agents);
  const rest = width - (hasLocation ? 35 : 28);
  const provider = rest < 40 || !usesSeveralProviders(agents) ? 0 : providerWidth(agents);
  const name = Math.max(8, Math.min(longest, 32, rest - (provider === 0 ? 0 : provider + 2)));
  return { name, hasLocation, provider };
}

const providerWidth = (agents: readonly AgentView[]): number =>
  Math.min(18, Math.max(...agents.map(({ provider }) => widthOf(cleanLine(provider?.name ?? '')))));

/** For very low screens: the first rows, and the number of hidden ones. */
function clip(lines: readonly Line[], height: number | undefined): readonly Line[] {
  if (height === undefined || lines.length <= height || height < 2) return lines;
  const hidden = lines.length - height + 1;
  return [...lines.slice(0, height - 1), line('  ', quiet(`(${plural(hidden, 'more row')})`))];
}
