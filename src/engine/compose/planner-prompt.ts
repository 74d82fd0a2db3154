import type { RoundFailure } from '../../session/enhance/enhance-events.ts';
import { proposalJsonSchema } from '../../workflow/edit/edit-schema.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { failureLine, reasonWords } from './enhance-section.ts';
import { code, fence, oneLine, section } from './markdown.ts';

export type PlannerParts = {
  readonly workflow: Workflow;
  readonly round: number;
  readonly most: number;
  readonly isStrict: boolean;
  readonly instructions: string;
  readonly input: string | null;
  readonly failures: readonly RoundFailure[];
  readonly feedback: readonly string[];
  /** How every agent ended, and where its work is. */
  readonly agents: readonly {
    readonly id: string;
    readonly name: string;
    readonly outcome: string;
    readonly branches: readonly string[];
  }[];
  /** What was tried before this round. */
  readonly earlier: readonly { readonly round: number; readonly summary: string }[];
};

/** What the planner is asked for. All that comes from agents and from the workflow is fenced: it is material, and no orders. */
export function composePlannerPrompt(parts: PlannerParts): string {
  const { workflow, round, most } = parts;
  return [
    '# Improve a workflow',
    `You are the planner of the workflow "${oneLine(workflow.name)}". Agents carried it out in round ${round} of at most ${most}, and the result is not good yet. Propose edits of the workflow with which the next round is ${parts.isStrict ? 'free of failures' : 'good'}.`,
    section('How to work', rules),
    section('More from the author of the workflow', parts.instructions),
    section('Input of the session', parts.input === null ? '' : fence(parts.input, 'input')),
    section('The workflow as it is now', fence(documentText(workflow), 'workflow')),
    section(`The agents in round ${round}`, parts.agents.map(agentLine).join('\n')),
    section(`What was not good in round ${round}`, failuresText(parts.failures)),
    section(
      'What the person said',
      parts.feedback.map((text) => fence(text, 'feedback')).join('\n\n'),
    ),
    section(
      'What was tried before',
      parts.earlier
        .map(({ round: number, summary }) => `For round ${number}:\n\n${fence(summary, 'planner')}`)
        .join('\n\n'),
    ),
    answerSection(),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const rules = [
  'Find out why the round was not good: from the report below and, where it helps, from the repository and the branches that are named. Do not change any files, and push nothing.',
  'Propose the smallest edits that make the next round succeed. Usually that is a better instruction; sometimes it is another agent, another connection or another model.',
  'Do not hide a failure: removing an agent that fails, one that verifies, or an approval needs the consent of a person. So does a repository that you add.',
  'If no edit of the workflow would help, propose none and say why.',
].join('\n\n');

/** What edits can reach. Where things stand on the canvas, and how the workflow runs, is not the planner's. */
function documentText({ name, description, agents, connections, settings }: Workflow): string {
  const shown = {
    name,
    description,
    agents: agents.map(({ position: _, images: __, ...agent }) => agent),
    connections: connections.map(({ isAutomatic: _, ...connection }) => connection),
    repositories: settings.cloud.repos.map(({ url }) => url),
  };
  return JSON.stringify(shown, null, 1);
}

function agentLine({ id, name, outcome, branches }: PlannerParts['agents'][number]): string {
  const where = branches.length === 0 ? '' : `; its work is on ${branches.map(code).join(' and ')}`;
  return `- ${code(id)} (${oneLine(name)}): ${outcome}${where}`;
}

function failuresText(failures: readonly RoundFailure[]): string {
  return failures
    .map((failed) => {
      const { name, reason, output, omitted } = failed;
      if (output === undefined) return failureLine(failed);
      const cut = omitted === undefined ? '' : ` (the first ${omitted} characters are left out)`;
      const intro =
        reason === 'verdict'
          ? `The words of ${oneLine(name)}, which ${reasonWords.verdict}`
          : `The last message of ${oneLine(name)}`;
      return `${failureLine(failed)}\n\n${intro}${cut}:\n\n${fence(output, 'output')}`;
    })
    .join('\n\n');
}

function answerSection(): string {
  return section(
    'Your last message',
    `Your last message must contain exactly one fenced \`json\` block that fits this JSON schema:\n\n${fence(JSON.stringify(proposalJsonSchema(), null, 1), 'json-schema')}`,
  );
}

/** The one follow-up that asks for the edits again. `mistakes` are one line each. */
export function composeEditsRepairPrompt(mistakes: readonly string[]): string {
  return [
    'Your edits cannot be used:',
    mistakes.map((mistake) => `- ${oneLine(mistake)}`).join('\n'),
    'Nothing was changed. Propose the whole list of edits again, corrected. Do not change any files.',
    answerSection(),
  ].join('\n\n');
}

/** A person wants other edits. */
export function composeEditsChangesPrompt(note: string | null): string {
  return [
    'A person has read the edits that you propose, and asks for changes:',
    fence(note ?? 'No further explanation was given.', 'note'),
    'Nothing was changed yet. Propose the whole list of edits again. Do not change any files.',
    answerSection(),
  ].join('\n\n');
}
