import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestApp } from './app.ts';

/** The repository that the rehearsal cloud brings along. */
export const sampleRepository = 'https://github.com/cerevisor/sample-shop';

export type AgentScript = { readonly id: string; readonly name: string; readonly script: string };

/** A workflow for the cloud whose agents do exactly what their scripts say, one after the other. */
export function workflowOf(name: string, agents: readonly AgentScript[]) {
  return {
    version: '1.0',
    id: `test-${name.toLowerCase().replaceAll(' ', '-')}`,
    name,
    agents: agents.map(({ id, name: agentName, script }, place) => ({
      id,
      name: agentName,
      role: 'developer',
      instructions: `Do your part.\n\n\`\`\`rehearse\n${script}\n\`\`\``,
      position: { x: place * 320, y: 0 },
    })),
    connections: agents.slice(1).map(({ id }, place) => ({
      source: agents[place]?.id ?? '',
      target: id,
      handoffFormat: 'full-output',
    })),
    settings: { runMode: 'cloud', cloud: { repos: [{ url: sampleRepository }] } },
  };
}

/** Writes it where the app can open it, and gives the path. */
export function writeWorkflow(app: TestApp, workflow: { readonly id: string }): string {
  const path = join(app.home, `${workflow.id}.cerevisor`);
  writeFileSync(path, JSON.stringify(workflow, null, 2));
  return path;
}
