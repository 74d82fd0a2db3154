/** The AI SDK alone: agents that may run commands, all in this process, with no storage and no permission requests. */
import { execFile } from 'node:child_process';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { isStepCount, jsonSchema, streamText, tool } from 'ai';
import { bareAgents } from './bare.ts';

const inputSchema = jsonSchema<{ command: string }>({
  type: 'object',
  properties: { command: { type: 'string' } },
  required: ['command'],
});
const shell = tool({
  description: 'Runs a command',
  inputSchema,
  execute: ({ command }) =>
    new Promise<string>((resolve) => {
      execFile('/bin/sh', ['-c', command], (_, stdout) => resolve(stdout));
    }),
});

await bareAgents(async ({ url, prompt }, onItem) => {
  const provider = createOpenAICompatible({
    name: 'bare',
    baseURL: `${url}/openai/v1`,
    apiKey: 'k',
  });
  const result = streamText({
    model: provider('rehearsal-model'),
    prompt,
    tools: { shell },
    stopWhen: isStepCount(10),
  });
  for await (const part of result.stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta' || part.type === 'tool-call') onItem();
  }
});
