/** A server with an event stream in a separate process, so that the processor time of its readers is not counted. */
import { setTimeout as wait } from 'node:timers/promises';
import type { TurnId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import { sessionIdOf, sessionStarted, startTestServer } from '../testing/server.ts';

const COMMITS = 200;
const ITEMS = 25;
const EVERY_MS = 25;

const server = await startTestServer();
const session = sessionIdOf('a');
server.journal.append(session, [sessionStarted()]);

async function work(): Promise<void> {
  for (let commit = 0; commit < COMMITS; commit += 1) {
    server.journal.buffer({
      sessionId: session,
      agentId: agentId('plan'),
      attempt: 1,
      // Real turn ids come from Cursor; this one is used only inside the benchmark.
      turnId: 'run-1' as TurnId,
      items: Array.from({ length: ITEMS }, (_, index) => ({
        kind: 'text' as const,
        id: `${commit}-${index}`,
        dataText: JSON.stringify({ text: `word${index} ` }),
      })),
    });
    server.journal.flush();
    await wait(EVERY_MS);
  }
  server.journal.append(session, [{ type: 'SessionDismissed' }]);
}

let before = process.cpuUsage();
process.on('message', (message) => {
  if (message === 'begin') {
    before = process.cpuUsage();
    void work();
    return;
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ cpuSeconds: (user + system) / 1e6, events: COMMITS * ITEMS });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: server.port, token: server.token });
