import { Option } from 'commander';
import { isBlank } from '../../lib/blank.ts';
import { shortId } from '../../lib/format.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';
import { collectModelParameter } from './model-parameter.ts';
import { textFromInput } from './text-argument.ts';

export const addRetry: AddCommand = (program, context) => {
  program
    .command('retry')
    .description('retry a failed agent in a new attempt; completed agents are not run again')
    .argument('<session>', SESSION_ARGUMENT)
    .requiredOption(AGENT_OPTION, AGENT_HELP)
    .addHelpText('after', examples('cerevisor retry 3f9a1c2e --agent Builder'))
    .action(async (session: string, options: { agent: string }) => {
      const client = await connectForAction(context);
      const view = await client.session(session);
      const agent = findAgent(view, options.agent);
      await client.retry(view.id, agent.id);
      printAccepted(context, view.id, agent, 'is retried');
    });
};

export const addFollowUp: AddCommand = (program, context) => {
  program
    .command('follow-up')
    .description('send another prompt to an agent whose run has ended')
    .argument('<session>', SESSION_ARGUMENT)
    .argument('<text>', 'the prompt; - reads it from standard input')
    .requiredOption(AGENT_OPTION, AGENT_HELP)
    .addHelpText(
      'after',
      examples(
        "cerevisor follow-up 3f9a --agent Builder 'Add a test for the empty cart'",
        "cerevisor follow-up 3f9a --agent Planner 'Carry out the plan' --mode agent",
        "cerevisor follow-up 3f9a --agent Builder 'Think again' --model composer-2.5 --model-parameter thinking=high",
      ),
    )
    .option('--model <id>', 'model for this and all later prompts to the agent')
    .option(
      '--model-parameter <id=value>',
      'parameter of that model; can be repeated',
      collectModelParameter,
    )
    .addOption(
      new Option('--mode <mode>', 'mode for this and all later prompts to the agent').choices([
        'agent',
        'plan',
      ]),
    )
    .action(async (session: string, argument: string, options: FollowUpOptions) => {
      const text = argument === '-' ? await textFromInput(context) : argument;
      if (isBlank(text)) throw badUsage('The prompt is empty.');
      const client = await connectForAction(context);
      const view = await client.session(session);
      const agent = findAgent(view, options.agent);
      const { model, modelParameter, mode } = options;
      await client.followUp(view.id, {
        agent: agent.id,
        text,
        ...(model === undefined ? {} : { model }),
        ...(modelParameter === undefined ? {} : { modelParameters: modelParameter }),
        ...(mode === undefined ? {} : { mode }),
      });
      printAccepted(context, view.id, agent, 'gets the follow-up');
    });
};

type FollowUpOptions = {
  readonly agent: string;
  readonly model?: string;
  readonly modelParameter?: Readonly<Record<string, string>>;
  readonly mode?: 'agent' | 'plan';
};

function printAccepted(
  { output }: Context,
  sessionId: string,
  agent: { readonly id: string; readonly name: string },
  action: string,
): void {
  const watch = output.advice(`Watch it with: cerevisor reconnect ${shortId(sessionId)}`);
  output.print(`${agent.name} ${action}. ${watch}`);
  output.document({ sessionId, agentId: agent.id });
}
