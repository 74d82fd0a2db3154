import type { AgentView } from '../../contract/agent-views.ts';
import { cloudName } from '../../contract/cloud-name.ts';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { interruptible } from '../follow/interrupt.ts';
import { watchSession } from '../follow/watch.ts';
import { isSettledAgent, isSettledSession } from '../render/status.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';

/** The daemon tries for about a minute; this only limits how long the command waits for the result. */
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
  output.remark(`Cancelling; waiting for ${confirmingParties(before, agent)} to confirm.`);
  const interrupt = interruptible();
  const unconfirmed = new Set<string>();
  const isDone = (view: SessionDetail): boolean => {
    const unsettled = affectedAgents(view, agent).filter(
      (affected) => !isSettledAgent(affected.status),
    );
    return (
      unsettled.every((affected) => unconfirmed.has(affected.id)) &&
      isSettled(view, agent, unconfirmed)
    );
  };
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(CONFIRMATION_TIMEOUT_MS)]);
  try {
    const options = { client, sessionId: before.id, after: before.lastSeq, signal, now, isDone };
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

const affectedAgents = (view: SessionDetail, agent: AgentView | null): readonly AgentView[] =>
  agent === null ? view.agents : view.agents.filter((affected) => affected.id === agent.id);

const isLocalRuntime = (runtime: string | null): boolean => runtime?.endsWith('-local') === true;

/** Where the end of the running agents has to be confirmed. */
export function confirmingParties(view: SessionDetail, agent: AgentView | null): string {
  const open = affectedAgents(view, agent).filter(({ status }) => !isSettledAgent(status));
  const started = open.filter(({ runtime }) => runtime !== null);
  const local = started.filter(({ runtime }) => isLocalRuntime(runtime)).length;
  const cloud = cloudName(view.backend);
  if (started.length === 0) return view.mode === 'local' ? 'this machine' : cloud;
  if (local === 0) return cloud;
  return local === started.length ? 'this machine' : `this machine and ${cloud}`;
}

/** A session has ended only when its own status says so, not when all its agents have. */
const isSettled = (
  view: SessionDetail,
  agent: AgentView | null,
  unconfirmed: ReadonlySet<string>,
): boolean => agent !== null || unconfirmed.size > 0 || isSettledSession(view.status);

function report(context: Context, view: SessionDetail, agent: AgentView | null): void {
  const { output } = context;
  const open = affectedAgents(view, agent).filter((affected) => !isSettledAgent(affected.status));
  const isConfirmed = open.length === 0;
  output.document({
    sessionId: view.id,
    confirmed: isConfirmed,
    status: view.status,
    agents: affectedAgents(view, agent).map(({ id, name, status, agentUrl }) => ({
      id,
      name,
      status,
      agentUrl,
    })),
  });
  if (isConfirmed) {
    const name = agent === null ? shortId(view.id) : agent.name;
    const status =
      agent === null ? view.status : (affectedAgents(view, agent)[0]?.status ?? 'cancelled');
    const isCancelled = status === 'cancelled';
    output.print(isCancelled ? `${name} is cancelled.` : `${name} has ended: ${status}.`);
    return;
  }
  context.exitCode = exitCodes.unreachable;
  output.print(
    line(
      toned(
        'attention',
        'Could not confirm the cancellation of these agents; they may still run and be billed:',
      ),
    ),
  );
  for (const { name, status, agentUrl } of open) {
    output.print(line(`  ${name} (${status})`, quiet(`  ${agentUrl ?? 'no link available'}`)));
  }
  output.print(
    line(
      quiet(
        open.some(({ runtime }) => isLocalRuntime(runtime))
          ? 'Run the same command again.'
          : `Open them on ${cloudName(view.backend)}, or run the same command again.`,
      ),
    ),
  );
}
