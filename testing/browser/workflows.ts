import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestApp } from './app.ts';

/** The sample repository of the rehearsal cloud. */
export const sampleRepository = 'https://github.com/cerevisor/sample-shop';

export type AgentScript = { readonly id: string; readonly name: string; readonly script: string };

/** A cloud workflow with a chain of scripted agents. */
export function workflowOf(name: string, agents: readonly AgentScript[]) {
  return {
    version: '1.0',
    id: `test-${name.toLowerCase().replaceAll(' ', '-')}`,
    name,
    agents: agents.map(({ id, name: agentName, script }, index) => ({
      id,
      name: agentName,
      role: 'developer',
      instructions: `Do your part.\n\n\`\`\`rehearse\n${script}\n\`\`\``,
      position: { x: index * 320, y: 0 },
    })),
    connections: agents.slice(1).map(({ id }, index) => ({
      source: agents[index]?.id ?? '',
      target: id,
      handoffFormat: 'full-output',
    })),
    settings: { runMode: 'cloud', cloud: { repos: [{ url: sampleRepository }] } },
  };
}

/** Writes a workflow to a file that the app can open, and returns its path. */
export function writeWorkflow(app: TestApp, workflow: { readonly id: string }): string {
  const path = join(app.home, `${workflow.id}.cerevisor`);
  writeFileSync(path, JSON.stringify(workflow, null, 2));
  return path;
}
