import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AgentId, RunId } from '../ids.ts';
import type { RunRecord } from '../store/records.ts';
import type { CreateAgentBody, CreateRunBody } from './schemas.ts';

/** The record of a new run. It contains no variables and MCP servers, which may contain secrets. */
export function newRun(
  clock: Clock,
  request: {
    readonly id: RunId;
    readonly agentId: AgentId;
    readonly body: CreateAgentBody | CreateRunBody;
    /** The mode of the request, otherwise that of the agent's latest run. */
    readonly mode: RunRecord['mode'] | undefined;
    readonly scripted: RunRecord['scripted'];
  },
): RunRecord {
  const nowMs = clock.now();
  return {
    id: request.id,
    agentId: request.agentId,
    status: 'CREATING',
    prompt: request.body.prompt.text,
    mode: request.mode ?? 'agent',
    asked: requestedOptions(request.body),
    ...(request.scripted === undefined ? {} : { scripted: request.scripted }),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    usageId: randomUUID(),
    usage: { inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0 },
  };
}

function requestedOptions(body: CreateAgentBody | CreateRunBody): NonNullable<RunRecord['asked']> {
  const { model, prompt, envVars } = body;
  const variables = Object.keys({ ...envVars, ...('runEnvVars' in body ? body.runEnvVars : {}) });
  return {
    ...(model === undefined
      ? {}
      : {
          model: { id: model.id, ...(model.params === undefined ? {} : { params: model.params }) },
        }),
    ...(prompt.images === undefined ? {} : { images: prompt.images.length }),
    ...(variables.length === 0 ? {} : { variables }),
  };
}
