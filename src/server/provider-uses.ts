import { openWorkflow } from '../workflow/files.ts';
import type { WorkflowFiles } from './workflow-files.ts';

/** A listed workflow file that uses a provider, and the part of it that does; null if there is none. Unreadable files are ignored. */
export async function findProviderInFiles(
  files: Pick<WorkflowFiles, 'list'>,
  id: string,
): Promise<{ readonly path: string; readonly who: string } | null> {
  const { recent } = await files.list();
  for (const { path } of recent) {
    const opened = await openWorkflow(path);
    if (!opened.ok) continue;
    const { agents, settings } = opened.value.workflow;
    const agent = agents.find(({ providerId }) => providerId === id);
    if (agent !== undefined) return { path, who: `the agent "${agent.name}"` };
    if (settings.providerId === id) return { path, who: 'the settings' };
  }
  return null;
}
