import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AgentId, RunId } from '../ids.ts';
import type { RunRecord } from '../store/records.ts';
import type { CreateAgentBody, CreateRunBody } from './schemas.ts';

/** A run as it is when it was accepted. Variables and MCP servers are not in it: they may hold secrets. */
export function newRun(
  clock: Clock,
  request: {
    readonly id: RunId;
    readonly agentId: AgentId;
    readonly body: CreateAgentBody | CreateRunBody;
    /** That of the agent so far when the request names none. */
    readonly mode: RunRecord['mode'] | undefined;
  },
): RunRecord {
  const nowMs = clock.now();
  return {
    id: request.id,
    agentId: request.agentId,
    status: 'CREATING',
    prompt: request.body.prompt.text,
    mode: request.mode ?? 'agent',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    usageId: randomUUID(),
    usage: { inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0 },
  };
}
