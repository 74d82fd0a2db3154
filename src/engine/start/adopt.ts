import type { ProviderError } from '../../runtimes/provider-error.ts';
import type { ThreadRecord } from '../../runtimes/turn-records.ts';
import type { Failure, LifecycleEvent } from '../../session/events.ts';
import type { SessionId, ThreadId, TurnId } from '../../session/ids.ts';
import { agentId as asAgentId } from '../../workflow/ids.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import type { Outcome } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { failureOf } from '../failure.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';

const AGENT = asAgentId('adopted');

/** Creates a session with one agent from an agent on Cursor that the journal does not know, and follows it. */
export async function adoptAgent(
  context: EngineContext,
  threadId: string,
  accountId: string | null,
): Promise<Outcome<{ sessionId: SessionId }>> {
  const known = context.journal.attemptByThread(threadId);
  if (known !== null) return { ok: true, value: { sessionId: known.sessionId } };
  const answer = await context.runtime(SESSION_RUNTIME).readThread(threadId);
  if (!answer.ok) return { ok: false, error: notReadable(threadId, answer.error) };
  const { latestTurn } = answer.value;
  if (latestTurn === undefined) {
    return {
      ok: false,
      error: {
        code: 'nothing_to_adopt',
        message: `The agent "${threadId}" has no run to follow.`,
        suggestion: LIST_OTHERS,
      },
    };
  }
  const sessionId = context.ids.session();
  const result = context.journal.append(sessionId, [
    sessionOf(context, answer.value, accountId),
    ...launchOf(answer.value, latestTurn.turnId, accountId),
  ]);
  if (!result.ok) throw new Error(result.refusal);
  return { ok: true, value: { sessionId } };
}

const LIST_OTHERS = 'List the agents that can be adopted with `cerevisor orphans`.';

/** The service's own message does not name the id, and may be about its API. */
function notReadable(threadId: string, error: ProviderError): Failure {
  switch (error.code) {
    case 'not_found':
      return {
        code: 'not_found',
        message: `Cursor knows no agent "${threadId}" in this account.`,
        suggestion: LIST_OTHERS,
      };
    case 'invalid_request':
      return {
        code: 'invalid_request',
        message: `"${threadId}" is not the id of an agent on Cursor, which begins with "bc-".`,
        suggestion: LIST_OTHERS,
      };
    default:
      return failureOf(error);
  }
}

function sessionOf(
  context: EngineContext,
  record: ThreadRecord,
  accountId: string | null,
): LifecycleEvent {
  const name = record.name ?? record.threadId;
  return {
    type: 'SessionStarted',
    workflow: workflowSchema.parse({
      version: '1.0',
      id: `adopted-${record.threadId}`,
      name: `Adopted: ${name}`,
      agents: [
        { id: AGENT, name, instructions: 'Adopted from Cursor; its prompt is in its transcript.' },
      ],
      settings: { runMode: 'cloud' },
    }),
    mode: 'cloud',
    backend: { ...context.runtime(SESSION_RUNTIME).backend },
    ...(accountId === null ? {} : { accountId }),
    repositories: [],
    autoCreatePr: false,
    maxConcurrentAgents: 1,
    maxAttempts: 1,
  };
}

function launchOf(record: ThreadRecord, turnId: string, account: string | null): LifecycleEvent[] {
  const subject = { agentId: AGENT, attempt: 1, round: 1 } as const;
  // The runtime validated both ids.
  const threadId = record.threadId as ThreadId;
  return [
    {
      type: 'LaunchIntended',
      ...subject,
      runtime: SESSION_RUNTIME,
      account,
      threadId,
      requestHash: 'adopted',
      prompt: '',
      repositories: [],
      autoCreatePr: false,
    },
    {
      type: 'Launched',
      ...subject,
      threadId,
      turnId: turnId as TurnId,
      ...(record.url === undefined ? {} : { agentUrl: record.url }),
      adopted: true,
    },
  ];
}
