import { isAbsolute } from 'node:path';
import { apply } from '../../changes/apply.ts';
import { findClone } from '../../changes/clone.ts';
import { planApply } from '../../changes/plan-apply.ts';
import { undoApply } from '../../changes/undo.ts';
import type {
  ApplyBody,
  ApplyPlanView,
  PlanApplyBody,
  UndoneView,
} from '../../contract/changes.ts';
import type { Outcome } from '../../engine/api.ts';
import { shortId } from '../../lib/format.ts';
import { shellWord } from '../../lib/shell-word.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { failed } from '../failure.ts';
import { agentsDisagree, folderInUse } from './apply-failures.ts';
import { defaultFolder } from './apply-targets.ts';
import { type Comparison, type ComparisonContext, compareInFolder } from './comparison.ts';
import { selectRepository } from './select-repository.ts';
import { appliedOf, applyLabel } from './view.ts';
import type { RepositoryWork } from './work.ts';

type Target = Pick<PlanApplyBody, 'repoUrl' | 'folder'>;

/** Plans how the work in one repository would be applied to a folder. Changes nothing. */
export async function planRepository(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  target: Target,
): Promise<Outcome<ApplyPlanView>> {
  const ready = await prepare(context, state, only, target);
  if (!ready.ok) return ready;
  const { folder, comparison, repoUrl, place } = ready.value;
  const { base, head } = comparison;
  const plan = await planApply({ home: context.home, folder, work: [{ base, head }] });
  if (!plan.ok) return plan;
  const { files, conflicts, notices, ...rest } = plan.value;
  return {
    ok: true,
    value: {
      ...rest,
      repoUrl,
      isWorkedInPlace: place === 'local' && state.local?.isolation === 'in-place',
      files: [...files],
      conflicts: [...conflicts],
      notices: [...notices, ...conflictNotices(comparison)],
    },
  };
}

/** Applies the plan that the user has seen. */
export async function applyRepository(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  body: Pick<ApplyBody, 'repoUrl' | 'folder' | 'planId' | 'onConflict'>,
  isWorkedIn: (folder: string) => boolean,
) {
  const ready = await prepare(context, state, only, body);
  if (!ready.ok) return ready;
  const { folder, comparison } = ready.value;
  if (isWorkedIn(folder)) return { ok: false as const, error: folderInUse(folder) };
  if (comparison.conflicts.length > 0 && body.onConflict !== 'markers')
    return { ok: false as const, error: agentsDisagree(comparison.conflicts) };
  const { base, head } = comparison;
  const applied = await apply({
    home: context.home,
    folder,
    work: [{ base, head }],
    planId: body.planId,
    label: applyLabel(state),
    onConflict: body.onConflict ?? 'refuse',
    marked: markedIn(comparison),
  });
  if (!applied.ok) return applied;
  const { undoId, files, conflicts } = applied.value;
  return {
    ok: true as const,
    value: { undoId, folder, files: [...files], conflicts: [...conflicts] },
  };
}

/** Undoes one apply; without an id, the latest one in all folders that it changed. */
export async function undo(
  context: ComparisonContext,
  state: SessionState,
  undoId: string | undefined,
): Promise<Outcome<UndoneView>> {
  const all = await appliedOf(context, state);
  const entries =
    undoId === undefined
      ? all.filter(({ groupId }) => groupId === all[0]?.groupId)
      : all.filter((one) => one.undoId === undoId);
  if (entries.length === 0) return failed('nothing_to_undo', 'This session has nothing to undo.');
  const undoIds = entries.map((entry) => entry.undoId);
  const undone = await undoApply({ home: context.home, undoIds });
  if (!undone.ok) return undone;
  const folders = undone.value.map(({ folder, files }) => ({ folder, files: [...files] }));
  const [first = { folder: '', files: [] }] = folders;
  return { ok: true, value: { ...first, folders } };
}

type Prepared = Pick<RepositoryWork, 'repoUrl' | 'place'> & {
  readonly folder: string;
  readonly comparison: Comparison;
};

async function prepare(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  target: Target,
): Promise<Outcome<Prepared>> {
  const found = selectRepository(state, only, target.repoUrl, applyCommands);
  if (!found.ok) return found;
  const named = target.folder ?? (await defaultFolder(context, state, found.value));
  if (named === null)
    return failed(
      'folder_unnamed',
      'The agents worked in the cloud, so it is not known which folder their changes are for.',
      'Name a clone of the repository: --folder DIR.',
    );
  if (!isAbsolute(named)) return failed('bad_request', `"${named}" is not an absolute path.`);
  // Changes apply to the whole repository, even if one of its subfolders was named.
  const folder = (await findClone(named))?.top ?? named;
  const compared = await compareInFolder(context, found.value, only === null, folder);
  if (!compared.ok) return compared;
  const { repoUrl, place } = found.value;
  return { ok: true, value: { folder, repoUrl, place, comparison: compared.value } };
}

/** Lists the command for each repository. */
function applyCommands({ id }: SessionState, all: readonly RepositoryWork[]): string {
  const commands = all.map(
    ({ repoUrl }) => `\`cerevisor apply ${shortId(id)} --repo ${shellWord(repoUrl)}\``,
  );
  return `Name one of them: ${commands.join(' or ')}`;
}

/** Files that contain conflict markers in the work itself. */
export const markedIn = ({ conflicts, unresolved }: Comparison): string[] => [
  ...conflicts.map(({ path }) => path),
  ...unresolved,
];

/** Notices about conflicts in the work itself, independent of the folder. */
export const conflictNotices = ({ conflicts, unresolved }: Comparison): string[] => [
  ...conflicts.map(({ path, agentNames }) => `${path}: ${agentNames.join(' and ')} disagree.`),
  ...unresolved.map((path) => `${path} contains conflict markers that no agent resolved.`),
];
