import type { QuestionView, SessionView } from '../../contract/session-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { shortId } from '../../lib/format.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';
import { editPlan, readPlan, waitingPlan } from './plan-text.ts';

type AnswerOptions = { readonly gate?: string; readonly note?: string; readonly changes?: boolean };
type ApproveOptions = AnswerOptions & { readonly plan?: string; readonly edit?: boolean };

const GATE_OPTION = '--gate <id>';
const GATE_HELP = 'which question, if there are several: id of the question, connection or agent';
const NOTE_OPTION = '--note <text>';

export const addApprove: AddCommand = (program, context) => {
  program
    .command('approve')
    .description('approve a hand-off or a plan, or say that a condition holds')
    .argument('<session>', SESSION_ARGUMENT)
    .option(GATE_OPTION, GATE_HELP)
    .option(NOTE_OPTION, 'a note to the agent')
    .option('--plan <file>', 'carry out this plan instead; - reads it from standard input')
    .option('--edit', 'edit the plan in $VISUAL or $EDITOR, then approve it')
    .addHelpText(
      'after',
      examples(
        'cerevisor approve 3f9a1c2e',
        'cerevisor approve 3f9a --gate release',
        'cerevisor approve 3f9a --edit',
        'cerevisor approve 3f9a --plan plan.md',
      ),
    )
    .action((session: string, options: ApproveOptions) => approve(context, session, options));
};

async function approve(
  context: Context,
  session: string,
  { plan, edit = false, ...options }: ApproveOptions,
): Promise<void> {
  if (plan === undefined && !edit) return answer(context, session, 'approve', options);
  if (plan !== undefined && edit) throw badUsage('Use --plan or --edit, not both.');
  const text = plan === undefined ? null : await readPlan(context, plan);
  const client = await connectForAction(context);
  const view = await client.session(session);
  const waiting = waitingPlan(view, options.gate);
  const edited =
    text === null && waiting !== undefined ? await editPlan(context, view, waiting) : null;
  const gate = waiting?.gateId ?? options.gate;
  try {
    // If no plan is waiting, the daemon rejects this and reports what the session waits for.
    await answer(context, session, 'approve', {
      ...options,
      ...(gate === undefined ? {} : { gate }),
      plan: text ?? edited?.text ?? '',
    });
  } catch (error) {
    if (edited !== null) context.output.remark(`Your edited plan is kept in ${edited.path}`);
    throw error;
  }
  await edited?.forget();
}

export const addReject: AddCommand = (program, context) => {
  program
    .command('reject')
    .description('reject what a session asks about, or request changes')
    .argument('<session>', SESSION_ARGUMENT)
    .option(GATE_OPTION, GATE_HELP)
    .option(NOTE_OPTION, 'the reason, or what to change')
    .option('--changes', 'ask the agent for the changes described in the note, then ask you again')
    .addHelpText(
      'after',
      examples(
        "cerevisor reject 3f9a1c2e --note 'The tests are missing'",
        "cerevisor reject 3f9a --changes --note 'Keep the old name as an alias'",
      ),
    )
    .action((session: string, options: AnswerOptions) => {
      if (options.changes !== true) return answer(context, session, 'reject', options);
      if (isBlank(options.note)) throw badUsage('Use --note to say what the agent should change.');
      return answer(context, session, 'changes', options);
    });
};

async function answer(
  context: Context,
  session: string,
  decision: 'approve' | 'reject' | 'changes',
  { gate, note, plan }: AnswerOptions & { readonly plan?: string },
): Promise<void> {
  const client = await connectForAction(context);
  const view = await client.session(session);
  const question = gate ?? onlyQuestion(view)?.id;
  await client.answer(view.id, {
    answer: decision,
    client: 'cli',
    ...(question === undefined ? {} : { question }),
    ...(note === undefined ? {} : { note }),
    ...(plan === undefined ? {} : { plan }),
  });
  const { output } = context;
  const watch = output.advice(`Watch it with: cerevisor reconnect ${shortId(view.id)}`);
  output.print(
    `${plan === undefined ? confirmationTexts[decision] : 'Approved as you edited it.'} ${watch}`,
  );
  output.document({ sessionId: view.id, question: question ?? null, answer: decision });
}

const confirmationTexts = {
  approve: 'Approved.',
  reject: 'Rejected.',
  changes: 'The agent was asked for the changes.',
} as const;

/** If there is none, or more than one, the daemon reports what is wrong. */
function onlyQuestion({ questions }: SessionView): QuestionView | undefined {
  return questions.length === 1 ? questions[0] : undefined;
}
