import type { AgentView } from '../../contract/agent-views.ts';
import { attemptText } from '../../contract/round-text.ts';
import type { SessionDetail, SessionView } from '../../contract/session-views.ts';
import { sessionWorkedMs } from '../../contract/work-time.ts';
import { formatDuration, plural, repositoryName, shortId } from '../../lib/format.ts';
import { shellWord } from '../../lib/shell-word.ts';
import {
  ellipsisOf,
  type Line,
  line,
  quiet,
  strong,
  type Tone,
  toned,
  wrap,
} from '../terminal/lines.ts';
import { pullRequestsOf } from './agent-details.ts';
import { briefEnhanceLines } from './enhance.ts';
import {
  agentSign,
  agentTime,
  agentTone,
  sessionSign,
  sessionStatusLabel,
  sessionTone,
  signs,
} from './status.ts';
import { rehearsalMark } from './tree-header.ts';

export type SummaryOptions = {
  readonly now: number;
  readonly unicode: boolean;
  /** Results and reasons are wrapped to this width. */
  readonly width: number;
  readonly artifactsDirectory: string | null;
  /** How to run `cerevisor` in this shell; default: `cerevisor`. */
  readonly command?: string;
};

const INDENT = '      ';
/** Only the beginning of a result; `cerevisor show` prints all of it. */
const RESULT_ROWS = 2;

/** The outcome of a session: the result and output of each agent, what failed, and what to do about it. */
export function summaryLines(view: SessionDetail, options: SummaryOptions): Line[] {
  const dot = ` ${signs(options.unicode).dot} `;
  const tone = sessionTone(view);
  return [
    line(
      toned(tone, `${sessionSign(view, options.unicode)} ${sessionStatusLabel(view)}`),
      '  ',
      strong(view.workflow.name),
      quiet(`  ${shortId(view.id)}${dot}${formatDuration(sessionWorkedMs(view, options.now))}`),
      ...rehearsalMark(view, dot),
    ),
    ...view.agents.flatMap((agent) => agentLines(view, agent, options)),
    ...(view.enhance === null ? [] : briefEnhanceLines(view.enhance, view, options)),
    ...artifactLines(view, options),
    ...nextSteps(view, options.command),
  ];
}

function agentLines(view: SessionDetail, agent: AgentView, options: SummaryOptions): Line[] {
  const { branch: sign } = signs(options.unicode);
  const time = agentTime(agent, options.now).replace(/^(?=.)/, '  ');
  const attempts = attemptText(agent, view).replace(/^(?=.)/, '  ');
  const head = line(
    '  ',
    toned(agentTone(agent.status), `${agentSign(agent.status, options.unicode)} `),
    agent.name,
    toned(agentTone(agent.status), `  ${agent.status}`),
    quiet(time + attempts),
  );
  const branches = agent.branches.flatMap((branch) =>
    branch.branch === undefined
      ? []
      : [
          line(
            INDENT,
            quiet(`${sign} `),
            branch.branch,
            quiet(` in ${repositoryName(branch.repoUrl)}`),
          ),
        ],
  );
  const requests = pullRequestsOf(agent).map((url) => line(INDENT, quiet('PR '), url));
  return [head, ...resultLines(agent, options), ...branches, ...requests];
}

/** The beginning of the result, or the error and its suggestion. */
function resultLines(agent: AgentView, { width, unicode }: SummaryOptions): Line[] {
  const fold = (text: string): string[] => wrap(text, width - INDENT.length);
  const rows = (tone: Tone, texts: readonly string[]): Line[] =>
    texts.map((text) => line(INDENT, toned(tone, text)));
  if (agent.error !== null) {
    const { message, suggestion = '' } = agent.error;
    const tone: Tone = agent.status === 'failed' ? 'bad' : 'quiet';
    return [...rows(tone, fold(message)), ...rows('quiet', fold(suggestion))];
  }
  const [first = ''] = agent.result?.trim().split('\n') ?? [];
  const folded = fold(first);
  if (folded.length <= RESULT_ROWS) return rows('quiet', folded);
  return rows('quiet', [
    ...folded.slice(0, RESULT_ROWS - 1),
    `${folded[RESULT_ROWS - 1]} ${ellipsisOf(unicode)}`,
  ]);
}

function artifactLines(view: SessionView, options: SummaryOptions): Line[] {
  const completed = view.agents.filter((agent) => agent.status === 'completed');
  const states = new Set(completed.map((agent) => agent.artifactsState));
  const saved = view.agents.flatMap((agent) => agent.artifacts).filter(({ file }) => file !== null);
  const command = `${options.command ?? 'cerevisor'} artifacts ${shortId(view.id)}`;
  const lines: Line[] = [];
  if (saved.length > 0) {
    const where = options.artifactsDirectory === null ? '' : ` in ${options.artifactsDirectory}`;
    lines.push(line('  ', `${plural(saved.length, 'artifact')} saved${where}`));
  }
  if (states.has('offered') || states.has('incomplete')) {
    const missing = toned('attention', 'Some artifacts are not on this machine. ');
    lines.push(line('  ', missing, `Download them with: ${command} --refetch`));
  } else if (states.has('pending')) {
    lines.push(line('  ', quiet(`Artifacts are still being downloaded: ${command}`)));
  }
  return lines;
}

function nextSteps(view: SessionView, command = 'cerevisor'): Line[] {
  const failed = view.agents.find((agent) => agent.canRetry && agent.status === 'failed');
  const id = shortId(view.id);
  const steps = [
    ...(failed === undefined
      ? []
      : [`Try again:  ${command} retry ${id} --agent ${shellWord(failed.name)}`]),
    ...(view.agents.some(hasBranch)
      ? [`Changes:    ${command} diff ${id}   ${command} apply ${id}`]
      : []),
    `More:       ${command} show ${id}   ${command} logs ${id}`,
  ];
  return steps.map((text) => line('  ', quiet(text)));
}

const hasBranch = ({ branches }: AgentView): boolean =>
  branches.some(({ branch }) => branch !== undefined);
