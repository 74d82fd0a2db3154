import type { AgentView } from '../../contract/agent-views.ts';
import { ageOf, elapsed, repositoryName } from '../../lib/format.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import { cleanLine } from '../terminal/text.ts';
import { type AgentActivity, lastLine } from './live.ts';
import { agentTone, isSettledAgent, isWaiting, signs } from './status.ts';
import type { TreeOptions } from './tree-options.ts';

/** `active`: agents at work and with problems; `problems`: only the reasons of problems. */
export type Detail = 'all' | 'active' | 'problems' | 'none';

const INDENT = '    ';

/** Rows under an agent: why it has its status, what it is doing, and what it has produced. */
export function agentDetails(
  agent: AgentView,
  activity: AgentActivity | undefined,
  options: TreeOptions,
  detail: Detail,
): Line[] {
  if (detail === 'none') return [];
  const status = statusLines(agent, options);
  if (detail === 'problems') return status;
  if (isSettledAgent(agent.status)) {
    return detail === 'all' ? [...status, ...resultLines(agent, options)] : status;
  }
  return [...status, ...activityLines(agent, activity, options), ...resultLines(agent, options)];
}

function statusLines(agent: AgentView, options: TreeOptions): Line[] {
  if (agent.status === 'failed' && agent.error !== null) {
    return [line(INDENT, toned('bad', agent.error.message))];
  }
  if (agent.status === 'reconnecting' || agent.status === 'unknown') {
    const source = `last update: ${agent.statusSource}, ${ageOf(agent.statusAt, options.now)}`;
    const text = agent.statusDetail === null ? source : `${agent.statusDetail} (${source})`;
    return [line(INDENT, toned(agentTone(agent.status), text))];
  }
  // The reason why an agent was skipped is shown next to its name.
  if (agent.statusDetail === null || isWaiting(agent.status) || agent.status === 'skipped') {
    return [];
  }
  return [line(INDENT, quiet(agent.statusDetail))];
}

function activityLines(
  agent: AgentView,
  activity: AgentActivity | undefined,
  options: TreeOptions,
): Line[] {
  if (activity === undefined || isWaiting(agent.status)) return [];
  const { tool, output } = signs(options.unicode);
  const lines: Line[] = [];
  if (activity.tool !== null) {
    const since =
      activity.toolSince === null ? '' : `  ${elapsed(activity.toolSince, null, options.now)}`;
    const call = cleanLine(`${activity.tool.name} ${activity.tool.argument}`);
    lines.push(line(INDENT, toned('busy', `${tool} `), call, quiet(since)));
  }
  const lastText = lastLine(activity.recentText);
  if (lastText !== '') lines.push(line(INDENT, quiet(`${output} ${lastText}`)));
  return lines;
}

function resultLines(agent: AgentView, options: TreeOptions): Line[] {
  const { branch: branchSign } = signs(options.unicode);
  const hasSeveral = agent.branches.length > 1;
  const lines: Line[] = [];
  for (const branch of agent.branches) {
    const repository = hasSeveral ? ` in ${repositoryName(branch.repoUrl)}` : '';
    if (branch.branch !== undefined)
      lines.push(line(INDENT, quiet(`${branchSign} ${branch.branch}${repository}`)));
  }
  for (const url of pullRequestsOf(agent)) lines.push(line(INDENT, quiet(`PR ${url}`)));
  return lines;
}

/** The pull requests of an agent without duplicates, from all places where Cursor reports them. */
export function pullRequestsOf(agent: AgentView): readonly string[] {
  const urls = [agent.prUrl, ...agent.branches.map((branch) => branch.prUrl)];
  return [...new Set(urls.filter((url) => typeof url === 'string'))];
}
