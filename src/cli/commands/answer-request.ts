import { Argument, Option } from 'commander';
import type { AnswerRequestBody } from '../../contract/permissions.ts';
import { shortId } from '../../lib/format.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

type Options = {
  readonly scope: NonNullable<AnswerRequestBody['scope']>;
  readonly pattern?: string;
  readonly note?: string;
};

export const addAnswer: AddCommand = (program, context) => {
  program
    .command('answer')
    .description('allow or deny a tool call that is waiting for permission')
    .argument('<session>', SESSION_ARGUMENT)
    .argument(
      '<request>',
      'id of the request, as listed by `cerevisor show`, or its first characters',
    )
    .addArgument(new Argument('<decision>', 'the answer').choices(['allow', 'deny']))
    .addOption(
      new Option(
        '--scope <scope>',
        'apply to this call, to this session, or always (this workflow in its folder)',
      )
        .choices(['once', 'session', 'always'])
        .default('once'),
    )
    .option(
      '--pattern <pattern>',
      'which other calls the answer applies to; default: only identical calls',
    )
    .option('--note <text>', 'message to the agent if the call is denied')
    .addHelpText(
      'after',
      examples(
        'cerevisor answer 3f9a1c2e 7b20 allow',
        "cerevisor answer 3f9a 7b20 allow --scope session --pattern 'npm test *'",
        "cerevisor answer 3f9a 7b20 deny --note 'Use the staging database'",
      ),
    )
    .action(
      (
        session: string,
        request: string,
        decision: AnswerRequestBody['decision'],
        options: Options,
      ) => answer(context, session, request, decision, options),
    );
};

async function answer(
  context: Context,
  session: string,
  request: string,
  decision: AnswerRequestBody['decision'],
  { scope, pattern, note }: Options,
): Promise<void> {
  if (pattern !== undefined && scope === 'once')
    throw badUsage('A pattern needs --scope session or --scope always.');
  const client = await connectForAction(context);
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
  output.print(`${decision === 'allow' ? 'Allowed' : 'Denied'}${scopeLabels[scope]}. ${watch}`);
  output.document({ sessionId: view.id, request, decision, scope });
}

const scopeLabels = {
  once: '',
  session: ' for this session',
  always: ' always',
} as const;
