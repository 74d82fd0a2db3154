import { Argument, Option } from 'commander';
import type { AnswerRequestBody } from '../../contract/permissions.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connectToAct } from '../daemon/connection.ts';
import { badUsage } from '../refusal.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

type Given = {
  readonly scope: NonNullable<AnswerRequestBody['scope']>;
  readonly pattern?: string;
  readonly note?: string;
};

export const addAnswer: AddCommand = (program, context) => {
  program
    .command('answer')
    .description('allow or deny a tool call that an agent waits with')
    .argument('<session>', SESSION_ARGUMENT)
    .argument('<request>', 'its id, as `cerevisor show` lists it, or the first characters of it')
    .addArgument(new Argument('<decision>', 'what to answer').choices(['allow', 'deny']))
    .addOption(
      new Option(
        '--scope <scope>',
        'this call, this session, or always for this workflow in its folder',
      )
        .choices(['once', 'session', 'always'])
        .default('once'),
    )
    .option('--pattern <pattern>', 'which other calls it counts for; by default the very same')
    .option('--note <text>', 'what the agent reads when its call is denied')
    .addHelpText(
      'after',
      examples(
        'cerevisor answer 3f9a1c2e 7b20 allow',
        "cerevisor answer 3f9a 7b20 allow --scope session --pattern 'npm test *'",
        "cerevisor answer 3f9a 7b20 deny --note 'Use the staging database'",
      ),
    )
    .action(
      (session: string, request: string, decision: AnswerRequestBody['decision'], given: Given) =>
        answer(context, session, request, decision, given),
    );
};

async function answer(
  context: Context,
  session: string,
  request: string,
  decision: AnswerRequestBody['decision'],
  { scope, pattern, note }: Given,
): Promise<void> {
  if (pattern !== undefined && scope === 'once')
    throw badUsage('A pattern needs --scope session or --scope always.');
  const client = await connectToAct(context);
  const view = await client.session(session);
  await client.answerToolRequest(view.id, request, {
    decision,
    scope,
    client: 'cli',
    ...(pattern === undefined ? {} : { pattern }),
    ...(note === undefined ? {} : { note }),
  });
  const { output } = context;
  const watch = output.advice(`Watch it with: cerevisor reconnect ${shortId(view.id)}`);
  output.say(`${decision === 'allow' ? 'Allowed' : 'Denied'}${forWhat[scope]}. ${watch}`);
  output.document({ sessionId: view.id, request, decision, scope });
}

const forWhat = {
  once: '',
  session: ' for this session',
  always: ' always',
} as const;
