import type { AgentView } from '../../contract/agent-views.ts';
import { cloudName } from '../../contract/cloud-name.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { interruptible } from '../follow/interrupt.ts';
import { watchSession } from '../follow/watch.ts';
import { isSettledAgent, isSettledSession } from '../render/words.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';

/** Cerevisor itself tries for about a minute; this only bounds the waiting for its verdict. */
const CONFIRMATION_TIMEOUT_MS = 120_000;

export const addCancel: AddCommand = (program, context) => {
  program
    .command('cancel')
    .description('cancel a session or one of its agents, and wait until it is confirmed')
    .argument('<session>', SESSION_ARGUMENT)
    .option(AGENT_OPTION, `only this agent: ${AGENT_HELP}`)
    .addHelpText(
      'after',
      examples('cerevisor cancel 3f9a1c2e', 'cerevisor cancel 3f9a --agent Reviewer'),
    )
    .action((session: string, options: { agent?: string }) =>
      cancel(context, session, options.agent),
    );
};

async function cancel(context: Context, session: string, reference?: string): Promise<void> {
  const { output, now } = context;
  const client = await connect(context);
  const before = await client.session(session);
  const agent = reference === undefined ? null : findAgent(before, reference);
  await client.cancel(before.id, agent?.id);
  output.remark(`Cancelling; waiting for ${confirmers(before, agent)} to confirm.`);
  const interrupt = interruptible();
  const unconfirmed = new Set<string>();
  const isEnough = (view: SessionDetail): boolean => {
    const waited = concerned(view, agent).filter((found) => !isSettledAgent(found.status));
    return (
      waited.every((found) => unconfirmed.has(found.id)) && isDecided(view, agent, unconfirmed)
    );
  };
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(CONFIRMATION_TIMEOUT_MS)]);
  try {
    const options = { client, sessionId: before.id, after: before.lastSeq, signal, now, isEnough };
    const view = await watchSession(options, {
      onEvent: (event) => {
        if (event.type === 'CancelUnconfirmed' && event.agentId !== null)
          unconfirmed.add(event.agentId);
      },
    });
    report(context, view, agent);
  } finally {
    interrupt.dispose();
  }
}

const concerned = (view: SessionDetail, agent: AgentView | null): readonly AgentView[] =>
  agent === null ? view.agents : view.agents.filter((found) => found.id === agent.id);

const isLocalRuntime = (runtime: string | null): boolean => runtime?.endsWith('-local') === true;

/** Who must say that the agents at work have ended. */
export function confirmers(view: SessionDetail, agent: AgentView | null): string {
  const open = concerned(view, agent).filter(({ status }) => !isSettledAgent(status));
  const started = open.filter(({ runtime }) => runtime !== null);
  const local = started.filter(({ runtime }) => isLocalRuntime(runtime)).length;
  const cloud = cloudName(view.backend);
  if (started.length === 0) return view.mode === 'local' ? 'this machine' : cloud;
  if (local === 0) return cloud;
  return local === started.length ? 'this machine' : `this machine and ${cloud}`;
}

/** A session counts as ended by its own word, not by that of its agents alone. */
const isDecided = (
  view: SessionDetail,
  agent: AgentView | null,
  unconfirmed: ReadonlySet<string>,
): boolean => agent !== null || unconfirmed.size > 0 || isSettledSession(view.status);

function report(context: Context, view: SessionDetail, agent: AgentView | null): void {
  const { output } = context;
  const open = concerned(view, agent).filter((found) => !isSettledAgent(found.status));
  const isConfirmed = open.length === 0;
  output.document({
    sessionId: view.id,
    confirmed: isConfirmed,
    status: view.status,
    agents: concerned(view, agent).map(({ id, name, status, agentUrl }) => ({
      id,
      name,
      status,
      agentUrl,
    })),
  });
  if (isConfirmed) {
    const name = agent === null ? shortId(view.id) : agent.name;
    const status =
      agent === null ? view.status : (concerned(view, agent)[0]?.status ?? 'cancelled');
    const isCancelled = status === 'cancelled';
    output.say(isCancelled ? `${name} is cancelled.` : `${name} has ended: ${status}.`);
    return;
  }
  context.exitCode = exitCodes.unreachable;
  output.say(
    line(
      toned(
        'attention',
        'Could not confirm the cancellation of these agents; they may still run and be billed:',
      ),
    ),
  );
  for (const { name, status, agentUrl } of open) {
    output.say(line(`  ${name} (${status})`, quiet(`  ${agentUrl ?? 'no link available'}`)));
  }
  output.say(
    line(
      quiet(
        open.some(({ runtime }) => isLocalRuntime(runtime))
          ? 'Run the same command again.'
          : `Open them on ${cloudName(view.backend)}, or run the same command again.`,
      ),
    ),
  );
}
