import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionProjection } from '../../src/engine/projection.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Journal } from '../../src/journal/types.ts';
import type { LifecycleEvent } from '../../src/session/events.ts';
import type { SessionId, ThreadId, TurnId } from '../../src/session/ids.ts';
import { agentId } from '../../src/workflow/ids.ts';
import { workflowSchema } from '../../src/workflow/schema.ts';
import { removeFolder } from '../remove-folder.ts';

export type SeededSession = {
  readonly name: string;
  readonly agentName?: string;
  readonly outcome?: 'finished' | 'failed';
  readonly result?: string;
  readonly agentUrl?: string;
  readonly branch?: { readonly repoUrl: string; readonly branch: string; readonly prUrl?: string };
};

/** Writes settled sessions to the journal of a home folder before a daemon opens it. */
export function seedSessions(home: string, sessions: Iterable<SeededSession>): void {
  // In memory if possible, because each session is synced to disk before the next one.
  const stagingHome = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cerevisor-'),
  );
  const opened = openJournal({ home: stagingHome, projection: sessionProjection, now: Date.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  let index = 0;
  for (const session of sessions) seedSession(opened.journal, session, index++);
  opened.journal.close();
  cpSync(stagingHome, home, { recursive: true });
  removeFolder(stagingHome);
}

function seedSession(journal: Journal, session: SeededSession, index: number): void {
  const suffix = String(index).padStart(12, '0');
  // Valid ids; no cloud agents exist for them.
  const sessionId = `s_seeded${suffix}` as SessionId;
  journal.append(sessionId, [...startEvents(session, suffix), ...endEvents(session, suffix)]);
}

const subject = { agentId: agentId('a'), attempt: 1 } as const;
const turnIdOf = (suffix: string) => `run-00000000-0000-4000-8000-${suffix}` as TurnId;

function startEvents(session: SeededSession, suffix: string): LifecycleEvent[] {
  const threadId = `bc-00000000-0000-4000-8000-${suffix}` as ThreadId;
  const agent = { id: 'a', name: session.agentName ?? 'Worker', instructions: 'Work.' };
  return [
    {
      type: 'SessionStarted',
      workflow: workflowSchema.parse({
        version: '1.0',
        id: 'seeded',
        name: session.name,
        agents: [agent],
        settings: { runMode: 'cloud' },
      }),
      mode: 'cloud',
      backend: { kind: 'rehearsal', url: 'http://127.0.0.1' },
      repositories: [],
      autoCreatePr: false,
      maxConcurrentAgents: 8,
      maxAttempts: 1,
    },
    {
      type: 'LaunchIntended',
      round: 1,
      runtime: 'cursor-cloud',
      account: null,
      ...subject,
      threadId,
      requestHash: '',
      prompt: 'Work.',
      repositories: [],
      autoCreatePr: false,
    },
    {
      type: 'Launched',
      round: 1,
      ...subject,
      threadId,
      turnId: turnIdOf(suffix),
      adopted: false,
      ...(session.agentUrl !== undefined && { agentUrl: session.agentUrl }),
    },
  ];
}

function endEvents(session: SeededSession, suffix: string): LifecycleEvent[] {
  const outcome = session.outcome ?? 'finished';
  return [
    {
      type: 'RunEnded',
      ...subject,
      turnId: turnIdOf(suffix),
      outcome: outcome === 'finished' ? 'finished' : 'error',
      result: session.result ?? 'Done.',
      branches: session.branch === undefined ? [] : [session.branch],
      source: 'stream',
      whileAway: false,
    },
    { type: 'StreamEnded', ...subject, turnId: turnIdOf(suffix), complete: true },
    {
      type: 'AgentSettled',
      round: 1,
      ...subject,
      outcome: outcome === 'finished' ? 'completed' : 'failed',
    },
    { type: 'ArtifactsReported', ...subject, state: 'none', artifacts: [] },
    { type: 'SessionEnded', outcome },
  ];
}
