import type { AgentView, SessionView } from '../../server/contract/views.ts';
import { elapsed } from '../terminal/durations.ts';
import { type Line, line, quiet, strong, type Tone, toned } from '../terminal/lines.ts';
import { cleanLine, plural } from '../terminal/text.ts';
import { pullRequestsOf, repositoryName } from './agent-details.ts';
import { rehearsalMark } from './tree-header.ts';
import {
  agentSign,
  agentTone,
  sessionSign,
  sessionTone,
  sessionWord,
  shortId,
  signs,
} from './words.ts';

export type SummaryOptions = {
  readonly now: number;
  readonly unicode: boolean;
  readonly artifactsDirectory: string | null;
};

/** What a session came to: outcome, every agent's result, what it left behind, what failed and what helps. */
export function summaryLines(view: SessionView, options: SummaryOptions): Line[] {
  const dot = ` ${signs(options.unicode).dot} `;
  const tone = sessionTone(view.status);
  return [
    line(
      toned(tone, `${sessionSign(view.status, options.unicode)} ${sessionWord(view.status)}`),
      '  ',
      strong(view.workflow.name),
      quiet(`  ${shortId(view.id)}${dot}${elapsed(view.startedAt, view.endedAt, options.now)}`),
      ...rehearsalMark(view, dot),
    ),
    ...view.agents.flatMap((agent) => agentLines(agent, options)),
    ...artifactLines(view, options),
    ...nextSteps(view),
  ];
}

function agentLines(agent: AgentView, options: SummaryOptions): Line[] {
  const { branch: sign } = signs(options.unicode);
  const time =
    agent.startedAt === null ? '' : `  ${elapsed(agent.startedAt, agent.endedAt, options.now)}`;
  const attempts = agent.attempt > 1 ? `  attempt ${agent.attempt}` : '';
  const head = line(
    '  ',
    toned(agentTone(agent.status), `${agentSign(agent.status, options.unicode)} `),
    agent.name,
    toned(agentTone(agent.status), `  ${agent.status}`),
    quiet(time + attempts),
  );
  const branches = agent.branches.flatMap((found) =>
    found.branch === undefined
      ? []
      : [
          line(
            '      ',
            quiet(`${sign} `),
            found.branch,
            quiet(` in ${repositoryName(found.repoUrl)}`),
          ),
        ],
  );
  const requests = pullRequestsOf(agent).map((url) => line('      ', quiet('PR '), url));
  return [head, ...wordsOf(agent), ...branches, ...requests];
}

/** The first line of a result, or what went wrong and what helps. */
function wordsOf(agent: AgentView): Line[] {
  if (agent.error !== null) {
    const tone: Tone = agent.status === 'failed' ? 'bad' : 'quiet';
    const advice = agent.error.suggestion;
    return [
      line('      ', toned(tone, agent.error.message)),
      ...(advice === undefined ? [] : [line('      ', quiet(advice))]),
    ];
  }
  const first = agent.result?.split('\n').find((text) => text.trim() !== '');
  return first === undefined ? [] : [line('      ', quiet(cleanLine(first)))];
}

function artifactLines(view: SessionView, options: SummaryOptions): Line[] {
  const completed = view.agents.filter((agent) => agent.status === 'completed');
  const states = new Set(completed.map((agent) => agent.artifactsState));
  const saved = view.agents.flatMap((agent) => agent.artifacts).filter(({ file }) => file !== null);
  const command = `cerevisor artifacts ${shortId(view.id)}`;
  const lines: Line[] = [];
  if (saved.length > 0) {
    const where = options.artifactsDirectory === null ? '' : ` in ${options.artifactsDirectory}`;
    lines.push(line('  ', `${plural(saved.length, 'artifact')} saved${where}`));
  }
  if (states.has('offered') || states.has('incomplete')) {
    const missing = toned('attention', 'Not every artifact is on this machine. ');
    lines.push(line('  ', missing, `Fetch them with: ${command} --refetch`));
  } else if (states.has('pending')) {
    lines.push(line('  ', quiet(`Artifacts are still being fetched: ${command}`)));
  }
  return lines;
}

function nextSteps(view: SessionView): Line[] {
  const failed = view.agents.find((agent) => agent.canRetry && agent.status === 'failed');
  const id = shortId(view.id);
  const steps = [
    ...(failed === undefined
      ? []
      : [`Try again:  cerevisor retry ${id} --agent ${quoted(failed.name)}`]),
    `Read more:  cerevisor show ${id}   cerevisor logs ${id}`,
  ];
  return steps.map((text) => line('  ', quiet(text)));
}

/** A name as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w.@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
