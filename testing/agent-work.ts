import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply } from '../src/changes/apply.ts';
import { planApply } from '../src/changes/plan-apply.ts';
import { undoApply } from '../src/changes/undo.ts';
import type { Result } from '../src/lib/expected-failure.ts';
import { openWorkspaces } from '../src/runner/workspace/workspaces.ts';
import { recordItems, type WorkingFolder } from './working-folder.ts';

/** Returns the value of a successful result. Throws the error of a failed one. */
export function expectValue<Value>(answer: Result<Value>): Value {
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** Runs `act` as an agent's turn in a worktree, commits it, and returns calls that apply and undo the work. */
export async function workIn(world: WorkingFolder, act: (cwd: string) => void) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const prepared = await workspaces.prepareWorkspace(world.request(), recordItems().calls);
  if (!prepared.ok) throw new Error(prepared.error.message);
  act(prepared.value.cwd);
  const committed = await workspaces.commitTurn(prepared.value, 'Turn');
  if (!committed.ok) throw new Error(committed.error.message);
  const base = prepared.value.baseCommit ?? '';
  const request = {
    home: world.home,
    folder: world.project,
    work: [{ base, head: committed.value?.commit ?? base }],
  };
  const context = { environment: world.environment };
  return {
    request,
    plan: async () => expectValue(await planApply(request, context)),
    apply: (planId: string, onConflict: 'refuse' | 'markers' = 'refuse') =>
      apply({ ...request, planId, label: 'Feature', onConflict }, context),
    undo: (undoId: string | null) => undoApply({ home: world.home, undoIds: [undoId ?? ''] }),
  };
}

export const inProject = (world: WorkingFolder, name: string): string => join(world.project, name);
export const read = (world: WorkingFolder, name: string): string =>
  readFileSync(inProject(world, name), 'utf8');
