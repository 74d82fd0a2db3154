import { hasSeveralLocations, isInCloud } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { attemptText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import { isBlank } from '../../lib/blank.ts';
import { ageOf, plural } from '../../lib/format.ts';
import { dayAndTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, strong, toned } from '../terminal/lines.ts';
import { cleanText, pad } from '../terminal/text.ts';
import { pullRequestsOf } from './agent-details.ts';
import { enhanceLines } from './enhance.ts';
import { branchLines, loopLines } from './flow.ts';
import { formatBudget, formatCost } from './format-cost.ts';
import type { planLines } from './plan.ts';
import { questionWorkLines } from './question-work.ts';
import { type RequestDiffs, requestLines } from './request-lines.ts';
import { roundLines } from './rounds.ts';
import {
  agentSign,
  agentTime,
  agentTone,
  isSettledAgent,
  sessionSign,
  sessionStatusLabel,
  sessionTime,
  sessionTone,
  signs,
} from './status.ts';
import { wavesOf, waveTitle } from './tree.ts';
import { formatMode, rehearsalMark } from './tree-header.ts';

type Options = {
  readonly now: number;
  readonly unicode: boolean;
  /** Passed only for sessions with plans, because loading the diff code would slow down all others. */
  readonly planLines?: typeof planLines;
  /** What tool calls that wait for permission would change. */
  readonly requestDiffs?: RequestDiffs;
  /** Writes the commands in a message as this shell can run them. */
  readonly advice?: (text: string) => string;
};

/** A session in full: the head, then every agent with its inputs, work and results. */
export function sessionCard(view: SessionDetail, options: Options): Line[] {
  const names = new Map(view.agents.map((agent) => [agent.id, agent.name]));
  const flow = [...loopLines(view, options.unicode), ...branchLines(view, options.unicode)];
  return [
    ...headLines(view, options),
    ...requestLines(view, options.now, options.requestDiffs),
    ...questionWorkLines(view),
    ...(flow.length === 0 ? [] : [line(), line(quiet('Flow')), ...flow]),
    ...(view.enhance === null ? [] : [line(), ...enhanceLines(view.enhance, view)]),
    ...wavesOf(view).flatMap((wave) => [
      line(),
      line(quiet(waveTitle(wave))),
      ...wave.agents.flatMap((agent) => agentLines(view, agent, names, options)),
    ]),
  ];
}

const LABEL_WIDTH = 13;
const row = (indent: string, label: string, ...rest: readonly (string | Line[number])[]): Line =>
  line(indent, quiet(pad(label, LABEL_WIDTH)), ...rest);

function headLines(view: SessionDetail, options: Options): Line[] {
  const { unicode, now, advice = String } = options;
  const time = sessionTime(view, now);
  const status = `${sessionSign(view, unicode)} ${sessionStatusLabel(view)}`;
  const usesCloud = view.mode === 'cloud' || view.agents.some(isInCloud);
  const lines = [
    line(strong(view.workflow.name), quiet(`  ${view.id}`)),
    row('', 'Status', toned(sessionTone(view), status)),
  ];
  if (view.statusDetail != null) lines.push(row('', 'Why', view.statusDetail));
  if (view.needsYou !== null) {
    const { message, suggestion = '' } = view.needsYou;
    const text = `${asSentence(message)} ${suggestion}`.trimEnd();
    lines.push(row('', 'Needs you', toned('attention', advice(text))));
  }
  lines.push(
    row('', 'Mode', formatMode(view), ...rehearsalMark(view, ` ${signs(unicode).dot} `)),
    row(
      '',
      'Started',
      dayAndTime(view.startedAt),
      quiet(`, ${time === '' ? ageOf(view.startedAt, now) : formatElapsed(view, time)}`),
    ),
    ...(view.folder === null ? [] : [row('', 'Folder', view.folder)]),
    ...(usesCloud ? cloudLines(view) : []),
    row('', 'Cost', formatCost(view), quiet(`  ${view.costNote}`)),
    ...(view.budget === null ? [] : [row('', 'Budget', formatBudget(view.budget))]),
    row('', 'Tokens', formatTokens(view.usage)),
    ...(usesCloud ? [row('', 'Artifacts', view.artifactsDirectory)] : []),
  );
  if (view.workflow.path !== null) lines.push(row('', 'File', view.workflow.path));
  return lines;
}

/** Waiting and cancelling sessions are not over yet, so their time is "so far". */
function formatElapsed({ status }: SessionDetail, time: string): string {
  switch (status) {
    case 'running':
      return `running for ${time}`;
    case 'waiting':
    case 'cancelling':
      return `${time} so far`;
    case 'finished':
    case 'failed':
    case 'cancelled':
      return `${time} long`;
  }
}

function cloudLines(view: SessionDetail): Line[] {
  return [
    ...view.repositories.map(({ url, startingRef }) =>
      row('', 'Repository', url, quiet(startingRef === undefined ? '' : ` from ${startingRef}`)),
    ),
    row('', 'Auto PR', view.autoCreatePr ? 'on' : 'off'),
  ];
}

function formatTokens(usage: SessionDetail['usage']): string {
  const isPending = usage.state === 'pending';
  if (usage.totalTokens === null) return isPending ? 'not known yet' : 'unknown';
  // During a follow-up, the usage of earlier runs is already known.
  return `${usage.totalTokens.toLocaleString('en-US')}${isPending ? ' so far' : ''}`;
}

function agentLines(
  view: SessionDetail,
  agent: AgentView,
  names: ReadonlyMap<string, string>,
  options: Options,
): Line[] {
  const { unicode, now } = options;
  const time = agentTime(agent, now).replace(/^(?=.)/, '  ');
  const attempts = attemptText(agent, view).replace(/^(?=.)/, '  ');
  const age = isSettledAgent(agent.status)
    ? ''
    : `  (${agent.statusSource}, ${ageOf(agent.statusAt, now)})`;
  const indent = '    ';
  const lines = [
    line(
      '  ',
      toned(agentTone(agent.status), agentSign(agent.status, unicode)),
      ' ',
      strong(agent.name),
      toned(agentTone(agent.status), `  ${agent.status}`),
      quiet(time + attempts + age),
    ),
  ];
  if (hasSeveralLocations(view.agents))
    lines.push(row(indent, 'Runs', isInCloud(agent) ? 'in the cloud' : 'on this machine'));
  if (agent.statusDetail !== null) lines.push(row(indent, 'Why', agent.statusDetail));
  if (agent.error !== null) {
    lines.push(
      row(indent, 'Error', toned('bad', agent.error.message), quiet(` (${agent.error.code})`)),
    );
    if (agent.error.suggestion !== undefined)
      lines.push(row(indent, 'What to do', agent.error.suggestion));
  }
  if (agent.model !== null) {
    lines.push(row(indent, 'Model', formatModel(agent.model, agent), quiet('  (requested)')));
  }
  if (agent.mode === 'plan') lines.push(row(indent, 'Mode', 'plan', quiet('  (makes no changes)')));
  if (agent.cursorAgentId !== null) {
    lines.push(
      row(indent, 'Cloud agent', agent.cursorAgentId, quiet(`  ${agent.cursorRunId ?? ''}`)),
    );
  } else if (agent.threadId !== null) {
    lines.push(row(indent, 'Thread', agent.threadId));
  }
  if (agent.folder !== null) lines.push(row(indent, 'Works in', agent.folder));
  if (agent.agentUrl !== null) lines.push(row(indent, 'Link', agent.agentUrl));
  return [
    ...lines,
    ...view.plans
      .filter(({ agentId }) => agentId === agent.id)
      .flatMap((plan) => options.planLines?.(plan, `${indent}  `) ?? [])
      .map((textLines, index) => (index === 0 ? row(indent, 'Plan', ...textLines) : textLines)),
    ...roundLines(view, agent.id, options).map(({ label, parts }) => row(indent, label, ...parts)),
    ...workLines(view, agent, names, indent),
    ...resultLines(agent, indent),
  ];
}

function workLines(
  view: SessionDetail,
  agent: AgentView,
  names: ReadonlyMap<string, string>,
  indent: string,
): Line[] {
  const handoffs = view.handoffs.filter((handoff) => handoff.sourceAgentId === agent.id);
  return [
    ...agent.baseCommits.map(({ repoUrl, ref, commit }) =>
      row(indent, 'Starts from', `${ref} ${commit.slice(0, 10)}`, quiet(` in ${repoUrl}`)),
    ),
    ...agent.branches.flatMap(({ branch, repoUrl, commit }) =>
      branch === undefined
        ? []
        : [
            row(
              indent,
              'Branch',
              `${branch} ${commit?.slice(0, 10) ?? ''}`.trimEnd(),
              quiet(` in ${repoUrl}`),
            ),
          ],
    ),
    ...pullRequestsOf(agent).map((url) => row(indent, 'PR', url)),
    ...handoffs.map(({ targetAgentId, format, content }) =>
      row(
        indent,
        'Hands off',
        `${format} to ${names.get(targetAgentId) ?? targetAgentId}`,
        quiet(`, ${plural(content.length, 'character')}`),
      ),
    ),
    ...agent.artifacts.map(({ path, file, error }) =>
      row(
        indent,
        'Artifact',
        path,
        quiet(error === null ? (file === null ? ' (not downloaded)' : '') : ` (${error.message})`),
      ),
    ),
  ];
}

function resultLines(agent: AgentView, indent: string): Line[] {
  if (agent.result === null || isBlank(agent.result)) return [];
  const textLines = cleanText(agent.result).trim().split('\n');
  return [row(indent, 'Result'), ...textLines.map((text) => line(indent, '  ', text))];
}

function formatModel(
  model: string,
  { modelParameters }: Pick<AgentView, 'modelParameters'>,
): string {
  const parameters = Object.entries(modelParameters ?? {}).map(([id, value]) => `${id} ${value}`);
  return [model, ...parameters].join(', ');
}
