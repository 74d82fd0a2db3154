import { isBlank } from '../../lib/blank.ts';
import { shortId } from '../../lib/format.ts';
import { badUsage } from '../command-error.ts';
import { connectForAction } from '../daemon/connect.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';
import { textFromInput } from './text-argument.ts';

export const addFeedback: AddCommand = (program, context) => {
  program
    .command('feedback')
    .description('say what the next round of Loop & Enhance should improve')
    .argument('<session>', SESSION_ARGUMENT)
    .argument('<text>', 'what should be better; - reads from standard input')
    .addHelpText('after', examples("cerevisor feedback 3f9a1c2e 'The page is too slow on a phone'"))
    .action(async (session: string, argument: string) => {
      const text = argument === '-' ? await textFromInput(context) : argument;
      if (isBlank(text)) throw badUsage('The feedback is empty.');
      const client = await connectForAction(context);
      const { id } = await client.session(session);
      await client.feedback(id, { text, client: 'cli' });
      const { output } = context;
      const watch = output.advice(`Watch it with: cerevisor reconnect ${shortId(id)}`);
      output.print(`The planner reads it after this round. ${watch}`);
      output.document({ sessionId: id });
    });
};
