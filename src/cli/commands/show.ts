import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { workWarnings } from '../follow/work-warnings.ts';
import { sessionCard } from '../render/session-card.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

export const addShow: AddCommand = (program, context) => {
  program
    .command('show')
    .description('show one session in full: agents, results, branches, hand-offs, usage')
    .argument('<session>', SESSION_ARGUMENT)
    .addHelpText(
      'after',
      examples('cerevisor show 3f9a1c2e', 'cerevisor show 3f9a --json | jq .agents[].prUrl'),
    )
    .action((session: string) => show(context, session));
};

async function show(context: Context, session: string): Promise<void> {
  const { output, now } = context;
  const client = await connect(context);
  const view = await client.session(session);
  const { unicode } = output.appearance;
  const plan = view.plans.length === 0 ? null : await import('../render/plan.ts');
  const plans = plan === null ? {} : { planLines: plan.planLines };
  output.print(...sessionCard(view, { now: now(), unicode, ...plans }));
  if (!output.isJson) output.remark(...(await workWarnings(client, view)));
  output.document(view);
}
