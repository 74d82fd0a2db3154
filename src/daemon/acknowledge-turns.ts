import type { Journal } from '../journal/types.ts';
import type { RunnerClient } from '../runtimes/local/client.ts';
import { isCursorRun, type SessionId } from '../session/ids.ts';
import { agentOf, attemptOf } from '../session/select.ts';
import type { Attempt } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';

const KEY = 'local-turns-acknowledged';
const PAGE = 1_000;

type JournalPart = Pick<Journal, 'allEvents' | 'state' | 'facts'>;
type AttemptReference = {
  readonly sessionId: SessionId;
  readonly agentId: AgentId;
  readonly attempt: number;
};

/**
 * Acknowledges to the runner the turns that a journal backup contains completely, so that the runner can delete their
 * logs. `position` is the position of the backup. If no runner is running, a later backup acknowledges them.
 */
export async function acknowledgeTurns(
  journal: JournalPart,
  client: Pick<RunnerClient, 'info' | 'readThread' | 'acknowledge'>,
  position: number,
): Promise<void> {
  const references = readTurns(journal, position);
  if (references.length > 0 && (await client.info()) === null) return;
  for (const reference of references) {
    const attempt = currentAttempt(journal, reference);
    if (attempt === undefined || !attempt.turns.every(isComplete)) continue;
    const thread = await client.readThread(attempt.threadId);
    if (!thread.ok) {
      if (thread.error.code === 'not_found') continue;
      return;
    }
    const known = new Set<string>(attempt.turns.map(({ id }) => id));
    const { turns, endedUpTo } = thread.value;
    if (endedUpTo === undefined || !turns.every(({ turnId }) => known.has(turnId))) continue;
    const acknowledged = await client.acknowledge(attempt.threadId, endedUpTo);
    if (!acknowledged.ok) return;
  }
  journal.facts.set(KEY, position);
}

const isComplete = ({ ended, stream }: Attempt['turns'][number]): boolean =>
  ended !== null && stream !== 'open';

/** Local attempts with a turn that has been read completely since the last call. */
function readTurns(journal: JournalPart, position: number): readonly AttemptReference[] {
  const acknowledged = journal.facts.get(KEY);
  let after = typeof acknowledged === 'number' ? acknowledged : 0;
  const attempts = new Map<string, AttemptReference>();
  for (;;) {
    const page = journal.allEvents({ after, limit: PAGE, lifecycleOnly: true });
    for (const { event, sessionId, position: at } of page) {
      after = at;
      if (at > position) return [...attempts.values()];
      if (event.type !== 'StreamEnded' || isCursorRun(event.turnId)) continue;
      const { agentId, attempt } = event;
      attempts.set(`${sessionId} ${agentId} ${attempt}`, { sessionId, agentId, attempt });
    }
    if (page.length < PAGE) return [...attempts.values()];
  }
}

function currentAttempt(
  journal: JournalPart,
  { sessionId, agentId, attempt }: AttemptReference,
): Attempt | undefined {
  const state = journal.state(sessionId);
  const agent = state === undefined ? undefined : agentOf(state, agentId);
  return agent === undefined ? undefined : attemptOf(agent, attempt);
}
