/** Cursor's SDK alone: agents that may do anything, in one process. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from '@cursor/sdk';
import { bareAgents } from './bare.ts';

await bareAgents(async ({ prompt }, onItem) => {
  const cwd = mkdtempSync(join(tmpdir(), 'bare-cursor-'));
  await using agent = await Agent.create({
    apiKey: 'crsr_bare',
    model: { id: 'composer-2' },
    local: { cwd, settingSources: [] },
  });
  const run = await agent.send(prompt, { onDelta: () => onItem() });
  await run.wait();
});
