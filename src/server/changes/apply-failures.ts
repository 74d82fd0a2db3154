import type { Failure } from '../../lib/expected-failure.ts';
import { formatPaths } from './select-repository.ts';

export const folderInUse = (folder: string): Failure => ({
  code: 'folder_in_use',
  message: `An agent is working in ${folder}. Nothing was changed.`,
  suggestion: 'Apply the changes when it has finished.',
});

export const agentsDisagree = (conflicts: Parameters<typeof formatPaths>[0]): Failure => ({
  code: 'agents_disagree',
  message: `Agents changed the same lines in different ways: ${formatPaths(conflicts)}. Nothing was changed.`,
  suggestion:
    'Apply the work of one agent, let an agent merge the branches, or have conflict markers written.',
});
