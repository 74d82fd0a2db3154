import type { RoundFailure } from '../../session/enhance/enhance-events.ts';
import { proposalJsonSchema } from '../../workflow/edit/edit-schema.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { failureLine, reasonText } from './enhance-section.ts';
import { code, fence, oneLine, section } from './markdown.ts';

export type PlannerParts = {
  readonly workflow: Workflow;
  readonly round: number;
  readonly maxRounds: number;
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
  /** The planner's earlier edits. */
  readonly earlier: readonly { readonly round: number; readonly summary: string }[];
};

/**
 * The planner's prompt. Content from agents and from the workflow is fenced, so that it is not read as instructions.
 */
export function composePlannerPrompt(parts: PlannerParts): string {
  const { workflow, round, maxRounds } = parts;
  return [
    '# Improve a workflow',
    `You are the planner of the workflow "${oneLine(workflow.name)}". Agents carried it out in round ${round} of at most ${maxRounds}, and the round did not succeed. Propose edits to the workflow so that the next round is ${parts.isStrict ? 'free of failures' : 'good'}.`,
    section('How to work', rules),
    section("Additional instructions from the workflow's author", parts.instructions),
    section('Input of the session', parts.input === null ? '' : fence(parts.input, 'input')),
    section('The workflow as it is now', fence(documentText(workflow), 'workflow')),
    section(`The agents in round ${round}`, parts.agents.map(agentLine).join('\n')),
    section(`What was not good in round ${round}`, failuresText(parts.failures)),
    section(
      'Feedback from the user',
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
  'Find out why the round did not succeed: use the report below and, if helpful, the repository and the branches that are named. Do not change any files, and do not push anything.',
  'Propose the smallest edits that make the next round succeed. Usually that is a better instruction; sometimes it is another agent, another connection or another model.',
  "Do not hide failures: removing an agent that fails, an agent that verifies, or an approval needs the user's consent. So does changing an agent that verifies, what it gets to verify or the conditions on which it runs, and adding a repository.",
  'If no edit to the workflow would help, propose none and say why.',
].join('\n\n');

/** The parts of the workflow that edits can change, without positions and run settings. */
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
      const cut = omitted === undefined ? '' : ` (the first ${omitted} characters are omitted)`;
      const intro =
        reason === 'verdict'
          ? `The last message of ${oneLine(name)}, which ${reasonText.verdict}`
          : `The last message of ${oneLine(name)}`;
      return `${failureLine(failed)}\n\n${intro}${cut}:\n\n${fence(output, 'output')}`;
    })
    .join('\n\n');
}

function answerSection(): string {
  return section(
    'Your last message',
    `Your last message must contain exactly one fenced \`json\` block that matches this JSON Schema:\n\n${fence(JSON.stringify(proposalJsonSchema(), null, 1), 'json-schema')}`,
  );
}

/** The single follow-up that asks for the edits again. `mistakes` contains one line for each mistake. */
export function composeEditsRepairPrompt(mistakes: readonly string[]): string {
  return [
    'Your edits cannot be used:',
    mistakes.map((mistake) => `- ${oneLine(mistake)}`).join('\n'),
    'Nothing was changed. Propose the complete, corrected list of edits. Do not change any files.',
    answerSection(),
  ].join('\n\n');
}

/** The user requests changes to the proposed edits. */
export function composeEditsChangesPrompt(note: string | null): string {
  return [
    'The user has reviewed your proposed edits and asks for changes:',
    fence(note ?? 'No further explanation was given.', 'note'),
    'Nothing was changed yet. Propose the complete list of edits again. Do not change any files.',
    answerSection(),
  ].join('\n\n');
}
