import type { AgentRecord } from '../../runtimes/port.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import type { CursorAgentId, CursorRunId, SessionId } from '../../session/ids.ts';
import { agentId as asAgentId } from '../../workflow/ids.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import type { Outcome } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { failureOf } from '../failure.ts';

const AGENT = asAgentId('adopted');

/** Makes a session of one agent out of an agent on Cursor that the journal does not know, and follows it from then on. */
export async function adoptAgent(
  context: EngineContext,
  cursorAgentId: string,
  accountId: string | null,
): Promise<Outcome<{ sessionId: SessionId }>> {
  const known = context.journal.cloudRunByCursorAgent(cursorAgentId);
  if (known !== null) return { ok: true, value: { sessionId: known.sessionId } };
  const answer = await context.provider().readAgent(cursorAgentId);
  if (!answer.ok) return { ok: false, error: failureOf(answer.error) };
  const { latestRun } = answer.value;
  if (latestRun === undefined) {
    return {
      ok: false,
      error: { code: 'nothing_to_adopt', message: 'This agent has no run to follow.' },
    };
  }
  const sessionId = context.ids.session();
  const result = context.journal.append(sessionId, [
    sessionOf(context, answer.value, accountId),
    ...launchOf(answer.value, latestRun.runId),
  ]);
  if (!result.ok) throw new Error(result.refusal);
  return { ok: true, value: { sessionId } };
}

function sessionOf(
  context: EngineContext,
  record: AgentRecord,
  accountId: string | null,
): LifecycleEvent {
  const name = record.name ?? record.agentId;
  return {
    type: 'SessionStarted',
    workflow: workflowSchema.parse({
      version: '1.0',
      id: `adopted-${record.agentId}`,
      name: `Adopted: ${name}`,
      agents: [
        { id: AGENT, name, instructions: 'Adopted from Cursor; its prompt is in its transcript.' },
      ],
      settings: { runMode: 'cloud' },
    }),
    mode: 'cloud',
    backend: { ...context.provider().backend },
    ...(accountId === null ? {} : { accountId }),
    repositories: [],
    autoCreatePr: false,
    maxConcurrentAgents: 1,
    maxAttempts: 1,
  };
}

function launchOf(record: AgentRecord, runId: string): LifecycleEvent[] {
  const subject = { agentId: AGENT, attempt: 1 } as const;
  // The provider checked both ids against Cursor's patterns at its door.
  const cursorAgentId = record.agentId as CursorAgentId;
  return [
    {
      type: 'LaunchIntended',
      ...subject,
      cursorAgentId,
      requestHash: 'adopted',
      prompt: '',
      repositories: [],
      autoCreatePr: false,
    },
    {
      type: 'Launched',
      ...subject,
      cursorAgentId,
      cursorRunId: runId as CursorRunId,
      ...(record.url === undefined ? {} : { agentUrl: record.url }),
      adopted: true,
    },
  ];
}
