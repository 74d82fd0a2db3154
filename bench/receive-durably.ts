/**
 * Cerevisor: the runtime's stream reader and the journal, with every frame on disk. Prints the number of items and the
 * processor time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionProjection } from '../src/engine/projection.ts';
import { openJournal } from '../src/journal/open.ts';
import { createCursorCloudRuntime } from '../src/runtimes/cursor-cloud/runtime.ts';
import type { SessionId, ThreadId, TurnId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import { beginSession } from './session.ts';

const home = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
const opened = openJournal({ home, projection: sessionProjection, now: Date.now });
if (!opened.ok) throw new Error(opened.failure.message);
const { journal } = opened;
const sessionId = 's_bench' as SessionId;
const threadId = 'bc-00000000-0000-4000-8000-000000000001' as ThreadId;
const turnId = 'run-00000000-0000-4000-8000-000000000001' as TurnId;
beginSession(journal, sessionId, threadId, turnId);

const provider = createCursorCloudRuntime({
  apiKey: () => 'crsr_bench',
  backendUrl: process.env.CURSOR_BACKEND_URL ?? '',
  isRehearsal: true,
});
const before = process.cpuUsage();
let items = 0;
const end = await provider.follow(
  {
    threadId,
    turnId,
    hasEnded: false,
    signal: new AbortController().signal,
  },
  {
    onItems(batch) {
      items += batch.items.length;
      journal.buffer({ sessionId, agentId: agentId('a'), attempt: 1, turnId, ...batch });
    },
    onFact() {},
    onConnection() {},
    onGap(gap) {
      throw new Error(gap.detail);
    },
  },
);
journal.flush();
const used = process.cpuUsage(before);
const stored = journal.lastPosition;
await provider.close();
journal.close();
rmSync(home, { recursive: true, force: true });
console.log(
  JSON.stringify({ end: end.kind, items, stored, cpuSeconds: (used.user + used.system) / 1e6 }),
);
process.exit(0);
