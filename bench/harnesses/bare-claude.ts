/** The Claude Agent SDK alone: agents that may do anything, driven from one process. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bareAgents } from './bare.ts';

const { LIBRARY = '', PROGRAM = '', PATH = '' } = process.env;
const { query } = await import(pathToFileURL(join(LIBRARY, 'sdk.mjs')).href);

await bareAgents(async ({ url, prompt }, onItem) => {
  const home = mkdtempSync(join(tmpdir(), 'bare-claude-'));
  const messages = query({
    prompt,
    options: {
      cwd: home,
      pathToClaudeCodeExecutable: PROGRAM,
      model: 'claude-sonnet-5-5',
      settingSources: [],
      tools: ['Bash'],
      includePartialMessages: true,
      canUseTool: async (_: string, updatedInput: unknown) => ({ behavior: 'allow', updatedInput }),
      env: {
        PATH,
        HOME: home,
        CLAUDE_CONFIG_DIR: join(home, 'config'),
        TMPDIR: home,
        ANTHROPIC_BASE_URL: `${url}/anthropic`,
        ANTHROPIC_API_KEY: 'k',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_TELEMETRY: '1',
      },
    },
  });
  for await (const { type } of messages)
    if (type === 'stream_event' || type === 'assistant') onItem();
});
