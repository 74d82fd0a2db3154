import type { Client } from '../../contract/client.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { interruptible } from '../follow/interrupt.ts';
import { readPages } from '../follow/read-pages.ts';
import { type Watcher, watchSession } from '../follow/watch.ts';
import { Transcript } from '../render/transcript.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';
import { parseCount } from './numbers.ts';

type Options = { readonly agent?: string; readonly follow?: boolean; readonly after: number };

export const addLogs: AddCommand = (program, context) => {
  program
    .command('logs')
    .description('read what the agents said and did')
    .argument('<session>', SESSION_ARGUMENT)
    .option(AGENT_OPTION, `only for one agent: ${AGENT_HELP}`)
    .option('-f, --follow', 'keep following until the session ends')
    .option('--after <seq>', 'only events after this sequence number', parseCount, 0)
    .addHelpText(
      'after',
      examples(
        'cerevisor logs 3f9a1c2e --follow',
        'cerevisor logs 3f9a --agent Reviewer',
        'cerevisor logs 3f9a --json --after 120   # one {seq, at, sessionId, agentId, type, ...} per line',
      ),
    )
    .action((session: string, options: Options) => logs(context, session, options));
};

async function logs(context: Context, session: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  const view = await client.session(session);
  const agentId = options.agent === undefined ? null : findAgent(view, options.agent).id;
  let current = view;
  const transcript = new Transcript({
    unicode: output.appearance.unicode,
    session: () => current,
  });
  const printEvent = (event: EventView): void => {
    if (agentId !== null && event.agentId !== agentId) return;
    if (output.isJson) output.record(event);
    else output.print(...transcript.push(event));
  };
  if (options.follow === true) {
    const onView = (updated: SessionDetail) => {
      current = updated;
    };
    await followEvents(context, client, view, options.after, { onEvent: printEvent, onView });
  } else await readPages(client, view.id, { after: options.after, agentId }, printEvent);
  if (!output.isJson) output.print(...transcript.flush());
}

async function followEvents(
  context: Context,
  client: Client,
  view: SessionDetail,
  after: number,
  watcher: Watcher,
): Promise<void> {
  const interrupt = interruptible();
  const { signal } = interrupt;
  const onUnreachable = (since: number | null): void =>
    context.output.remark(
      since === null
        ? 'Connected to the daemon again.'
        : 'The daemon does not respond; reconnecting.',
    );
  try {
    const options = { client, sessionId: view.id, after, signal, now: context.now };
    await watchSession(options, { ...watcher, onUnreachable });
  } finally {
    interrupt.dispose();
  }
}
