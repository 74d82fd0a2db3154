import path from 'node:path';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import { sessionStatuses } from '../../contract/statuses.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { createDaemonClient } from '../daemon/client.ts';
import { checkDaemon } from '../daemon/daemon-state.ts';
import type { Environment } from '../terminal/appearance.ts';
import { cleanLine } from '../terminal/text.ts';
import type { Candidate, Sources } from './candidates.ts';

/** Milliseconds that the daemon has to answer, because somebody is waiting after pressing Tab. */
const DEFAULT_TIMEOUT_MS = 1_000;
const TIMEOUT_VARIABLE = 'CEREVISOR_COMPLETION_TIMEOUT_MS';
const MOST_SESSIONS = 100;

/** Candidates from the running daemon and from workflow files. Anything that is not available is silently omitted. */
export const completionSources = (context: Context): Sources => ({
  sessions: () =>
    fromDaemon(context, async (client) => {
      const { items } = await client.sessions({ all: true, limit: MOST_SESSIONS });
      return items.map(({ id, workflow, status }) => ({
        value: shortId(id),
        about: cleanLine(`${workflow.name}, ${status}`),
      }));
    }),
  agentsOfSession: (session) =>
    fromDaemon(context, async (client) => {
      const { agents } = await client.session(session);
      return agents.map(({ name, status }) => ({ value: cleanLine(name), about: status }));
    }),
  agentsOfFile: async (file) => {
    const { openWorkflow } = await import('../../workflow/files.ts');
    const opened = await openWorkflow(path.resolve(file));
    if (!opened.ok) return [];
    return opened.value.workflow.agents.map(({ name, role }) => ({
      value: cleanLine(name),
      about: cleanLine(role),
    }));
  },
  providers: () =>
    fromDaemon(context, async (client) => {
      const { items } = await client.providers();
      return items.map(({ id, name }) => ({ value: id, about: cleanLine(name) }));
    }),
  statuses: ['queued', ...sessionStatuses],
});

/** Pressing Tab never starts a daemon. */
async function fromDaemon(
  { home, environment }: Context,
  ask: (client: Client) => Promise<Candidate[]>,
): Promise<Candidate[]> {
  try {
    const state = await checkDaemon(home, timeoutFrom(environment));
    return state.kind === 'running' ? await ask(createDaemonClient(home)) : [];
  } catch (error) {
    // A message would be drawn into the line that is being typed.
    if (error instanceof ApiError) return [];
    throw error;
  }
}

function timeoutFrom(environment: Environment): number {
  const milliseconds = Number(environment[TIMEOUT_VARIABLE]);
  return milliseconds > 0 && milliseconds <= 600_000 ? milliseconds : DEFAULT_TIMEOUT_MS;
}
