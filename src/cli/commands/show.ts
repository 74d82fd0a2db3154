import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { workWarnings } from '../follow/work-warnings.ts';
import type { RequestDiffs } from '../render/request-lines.ts';
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
  const requestDiffs = output.isJson ? new Map() : await diffsOf(client, view);
  const advice = (text: string) => output.advice(text);
  output.print(...sessionCard(view, { now: now(), unicode, requestDiffs, advice, ...plans }));
  if (!output.isJson) output.remark(...(await workWarnings(client, view)));
  output.document(view);
}

/** Each is asked for by itself: a change may be as long as its file, and most sessions wait for none. */
async function diffsOf(client: Client, view: SessionDetail): Promise<RequestDiffs> {
  const writes = view.requests.filter(({ category }) => category === 'filesystem-write');
  const diffs = new Map<string, string>();
  for (const { id } of writes.slice(0, MAX_DIFFS)) {
    try {
      const { diff } = await client.toolRequest(view.id, id);
      if (diff !== null) diffs.set(id, diff);
    } catch (error) {
      // Without its diff the request can still be answered; what is shown must not depend on it.
      if (!(error instanceof ApiError)) throw error;
    }
  }
  return diffs;
}

const MAX_DIFFS = 10;
