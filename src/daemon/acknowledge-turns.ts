import type { Journal } from '../journal/types.ts';
import type { RunnerClient } from '../runtimes/local/client.ts';
import { isCursorRun, type SessionId } from '../session/ids.ts';
import { agentOf, attemptOf } from '../session/select.ts';
import type { Attempt } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';

const KEY = 'local-turns-acknowledged';
const PAGE = 1_000;

type Known = Pick<Journal, 'allEvents' | 'state' | 'facts'>;
type Subject = {
  readonly sessionId: SessionId;
  readonly agentId: AgentId;
  readonly attempt: number;
};

/**
 * Tells the runner which turns a backup of the journal holds, whole: their logs are not needed any longer. `position` is
 * that of the backup. Where no runner runs, the next backup tells it.
 */
export async function acknowledgeTurns(
  journal: Known,
  client: Pick<RunnerClient, 'info' | 'readThread' | 'acknowledge'>,
  position: number,
): Promise<void> {
  const subjects = readTurns(journal, position);
  if (subjects.length > 0 && (await client.info()) === null) return;
  for (const subject of subjects) {
    const attempt = attemptNow(journal, subject);
    if (attempt === undefined || !attempt.turns.every(isWhole)) continue;
    const thread = await client.readThread(attempt.threadId);
    if (!thread.ok) {
      if (thread.error.code === 'not_found') continue;
      return;
    }
    const known = new Set<string>(attempt.turns.map(({ id }) => id));
    const { turns, endedUpTo } = thread.value;
    if (endedUpTo === undefined || !turns.every(({ turnId }) => known.has(turnId))) continue;
    const told = await client.acknowledge(attempt.threadId, endedUpTo);
    if (!told.ok) return;
  }
  journal.facts.set(KEY, position);
}

const isWhole = ({ ended, stream }: Attempt['turns'][number]): boolean =>
  ended !== null && stream !== 'open';

/** Attempts on this machine of which a turn was read to its end since the last time. */
function readTurns(journal: Known, position: number): readonly Subject[] {
  const known = journal.facts.get(KEY);
  let after = typeof known === 'number' ? known : 0;
  const found = new Map<string, Subject>();
  for (;;) {
    const page = journal.allEvents({ after, limit: PAGE, lifecycleOnly: true });
    for (const { event, sessionId, position: at } of page) {
      after = at;
      if (at > position) return [...found.values()];
      if (event.type !== 'StreamEnded' || isCursorRun(event.turnId)) continue;
      const { agentId, attempt } = event;
      found.set(`${sessionId} ${agentId} ${attempt}`, { sessionId, agentId, attempt });
    }
    if (page.length < PAGE) return [...found.values()];
  }
}

function attemptNow(journal: Known, { sessionId, agentId, attempt }: Subject): Attempt | undefined {
  const state = journal.state(sessionId);
  const agent = state === undefined ? undefined : agentOf(state, agentId);
  return agent === undefined ? undefined : attemptOf(agent, attempt);
}
