import type { Journal } from '../src/journal/types.ts';
import type { SessionId, ThreadId, TurnId } from '../src/session/ids.ts';
import { agentId } from '../src/workflow/ids.ts';
import { workflowSchema } from '../src/workflow/schema.ts';

/** A workflow without a repository. It has one agent by default. */
export const benchWorkflow = (agents = 1) => ({
  version: '1.0',
  id: 'bench',
  name: 'Bench',
  agents: Array.from({ length: agents }, (_, index) => ({
    id: index === 0 ? 'a' : `a${index}`,
    name: `Agent ${index}`,
    instructions: 'Work.',
  })),
  settings: { runMode: 'cloud', cloud: { allowNoRepository: true } },
});

/** Stores a session whose only agent was launched. */
export function beginSession(
  journal: Journal,
  sessionId: SessionId,
  threadId: ThreadId,
  turnId: TurnId,
): void {
  const subject = { agentId: agentId('a'), attempt: 1 } as const;
  journal.append(sessionId, [
    {
      type: 'SessionStarted',
      workflow: workflowSchema.parse(benchWorkflow()),
      mode: 'cloud',
      backend: { kind: 'rehearsal', url: 'http://bench' },
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
    { type: 'Launched', round: 1, ...subject, threadId, turnId, adopted: false },
  ]);
}
