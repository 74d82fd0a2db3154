import type { AgentView } from '../../contract/agent-views.ts';
import { ageOf, elapsed, repositoryName } from '../../lib/format.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import { cleanLine } from '../terminal/text.ts';
import { type AgentActivity, lastLine } from './live.ts';
import type { TreeOptions } from './tree-options.ts';
import { agentTone, isHeldBack, isSettledAgent, signs } from './words.ts';

/** `moving`: agents at work and in trouble; `troubled`: only why something is not as it should be. */
export type Detail = 'all' | 'moving' | 'troubled' | 'none';

const INDENT = '    ';

/** Rows under an agent: why it has its status, what it is doing, and what it has produced. */
export function agentDetails(
  agent: AgentView,
  activity: AgentActivity | undefined,
  options: TreeOptions,
  detail: Detail,
): Line[] {
  if (detail === 'none') return [];
  const trouble = troubleLines(agent, options);
  if (detail === 'troubled') return trouble;
  if (isSettledAgent(agent.status)) {
    return detail === 'all' ? [...trouble, ...resultLines(agent, options)] : trouble;
  }
  return [...trouble, ...activityLines(agent, activity, options), ...resultLines(agent, options)];
}

function troubleLines(agent: AgentView, options: TreeOptions): Line[] {
  if (agent.status === 'failed' && agent.error !== null) {
    return [line(INDENT, toned('bad', agent.error.message))];
  }
  if (agent.status === 'reconnecting' || agent.status === 'unknown') {
    const word = `last update: ${agent.statusSource}, ${ageOf(agent.statusAt, options.now)}`;
    const text = agent.statusDetail === null ? word : `${agent.statusDetail} (${word})`;
    return [line(INDENT, toned(agentTone(agent.status), text))];
  }
  // Why an agent was skipped stands next to its name.
  if (agent.statusDetail === null || isHeldBack(agent.status) || agent.status === 'skipped') {
    return [];
  }
  return [line(INDENT, quiet(agent.statusDetail))];
}

function activityLines(
  agent: AgentView,
  activity: AgentActivity | undefined,
  options: TreeOptions,
): Line[] {
  if (activity === undefined || isHeldBack(agent.status)) return [];
  const { tool, output } = signs(options.unicode);
  const lines: Line[] = [];
  if (activity.tool !== null) {
    const since =
      activity.toolSince === null ? '' : `  ${elapsed(activity.toolSince, null, options.now)}`;
    const call = cleanLine(`${activity.tool.name} ${activity.tool.argument}`);
    lines.push(line(INDENT, toned('busy', `${tool} `), call, quiet(since)));
  }
  const words = lastLine(activity.saying);
  if (words !== '') lines.push(line(INDENT, quiet(`${output} ${words}`)));
  return lines;
}

function resultLines(agent: AgentView, options: TreeOptions): Line[] {
  const { branch: sign } = signs(options.unicode);
  const hasSeveral = agent.branches.length > 1;
  const lines: Line[] = [];
  for (const found of agent.branches) {
    const repository = hasSeveral ? ` in ${repositoryName(found.repoUrl)}` : '';
    if (found.branch !== undefined)
      lines.push(line(INDENT, quiet(`${sign} ${found.branch}${repository}`)));
  }
  for (const url of pullRequestsOf(agent)) lines.push(line(INDENT, quiet(`PR ${url}`)));
  return lines;
}

/** Every pull request of an agent once, wherever Cursor told of it. */
export function pullRequestsOf(agent: AgentView): readonly string[] {
  const urls = [agent.prUrl, ...agent.branches.map((found) => found.prUrl)];
  return [...new Set(urls.filter((url) => typeof url === 'string'))];
}
