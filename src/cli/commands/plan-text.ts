import { readFile } from 'node:fs/promises';
import type { PlanView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { decodeText } from '../../lib/decode-text.ts';
import { shortId } from '../../lib/format.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { type EditedText, editText } from '../terminal/edit-text.ts';
import { cleanLine } from '../terminal/text.ts';
import { textFromInput } from './text-argument.ts';

/** An edited plan from a file, or from standard input (`-`). */
export async function readPlan(context: Context, argument: string): Promise<string> {
  const text = argument === '-' ? await textFromInput(context) : await readTextFile(argument);
  if (text.trim() !== '') return text;
  throw badUsage(
    `${argument === '-' ? 'Standard input' : argument} is empty.`,
    'Write what the agent is to do, or reject the plan with `cerevisor reject`.',
  );
}

async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw badUsage(`The plan cannot be read: ${detail}`);
  });
  const text = decodeText(bytes);
  if (text === null) throw badUsage(`${path} is not UTF-8 or UTF-16 text.`, 'Save it as UTF-8.');
  return text;
}

/**
 * Opens the plan of a question in an editor and returns the edited text.
 * @throws ApiError `plan_unchanged` if there is nothing to send
 */
export async function editPlan(
  context: Context,
  view: SessionDetail,
  { proposed, agentId }: PlanView,
): Promise<EditedText> {
  const name = agentName(view, agentId);
  const edited = await editText(context, fileName(name), proposed);
  const text = edited.text.trim();
  if (text !== '' && text !== proposed.trim()) return edited;
  await edited.forget();
  throw commandError(
    'plan_unchanged',
    text === ''
      ? 'The plan was left empty, so nothing was sent.'
      : 'The plan was not changed, so nothing was sent.',
    `Approve it as it is with \`cerevisor approve ${shortId(view.id)}\`, or reject it with \`cerevisor reject ${shortId(view.id)}\`.`,
  );
}

/** The file name, which editors show in their title. */
const fileName = (agent: string): string =>
  `plan-${cleanLine(agent)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 40)
    .toLowerCase()}.md`;

/**
 * The waiting plan, or the named one. Undefined if there is none or more than one: then the daemon reports what the session
 * waits for.
 */
export function waitingPlan(
  { agents, plans, questions }: SessionDetail,
  reference: string | undefined,
): PlanView | undefined {
  const [match, ...others] = questions.filter(({ kind, id, agentId }) => {
    const name = agents.find((agent) => agent.id === agentId)?.name;
    return kind === 'plan' && [id, agentId, name, undefined].includes(reference);
  });
  return others.length > 0 ? undefined : plans.find(({ gateId }) => gateId === match?.id);
}
