import { createHash, randomUUID } from 'node:crypto';
import { apply } from '../../changes/apply.ts';
import { type ApplyPlan, planApply } from '../../changes/plan-apply.ts';
import { undoApply } from '../../changes/undo.ts';
import type { AppliedAllView, AppliedView, ApplyAllPlanView } from '../../contract/changes.ts';
import type { Outcome } from '../../engine/api.ts';
import type { Failure } from '../../lib/expected-failure.ts';
import { shortId } from '../../lib/format.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { failed } from '../failure.ts';
import { agentsDisagree, folderInUse } from './apply-failures.ts';
import { conflictNotices, markedIn } from './apply-repository.ts';
import {
  type ApplyTarget,
  type ApplyTargets,
  findApplyTargets,
  type TargetOptions,
} from './apply-targets.ts';
import type { ComparisonContext } from './comparison.ts';
import { formatPaths, noChanges } from './select-repository.ts';
import { applyLabel } from './view.ts';
import type { RepositoryWork } from './work.ts';

type PlannedTarget = { readonly place: ApplyTarget; readonly plan: ApplyPlan };
type Planned = {
  readonly planned: readonly PlannedTarget[];
  readonly left: ApplyTargets['skipped'];
};

/** Plans how all work of a session would be applied, folder by folder. Changes nothing. */
export async function planAll(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  wanted: TargetOptions,
): Promise<Outcome<ApplyAllPlanView>> {
  const found = await planTargets(context, state, only, wanted);
  return found.ok ? { ok: true, value: viewOf(state, found.value) } : found;
}

/** Applies the plan that the user has seen: to all of its folders, or to none. */
export async function applyAll(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  body: TargetOptions & { readonly planId: string; readonly onConflict: 'refuse' | 'markers' },
  isWorkedIn: (folder: string) => boolean,
): Promise<Outcome<AppliedAllView>> {
  const found = await planTargets(context, state, only, body);
  if (!found.ok) return found;
  const refusal = checkPlan(found.value, body, isWorkedIn);
  if (refusal !== null) return { ok: false, error: refusal };
  const done: AppliedView[] = [];
  const groupId = randomUUID();
  for (const { place, plan } of found.value.planned) {
    const applied = await apply({
      home: context.home,
      folder: plan.folder,
      work: workOf(place),
      planId: plan.planId,
      groupId,
      label: applyLabel(state),
      onConflict: body.onConflict,
      marked: place.parts.flatMap(({ comparison }) => markedIn(comparison)),
    });
    if (!applied.ok) return rollBack(context.home, state, done, applied.error);
    const { undoId, files, conflicts } = applied.value;
    done.push({ undoId, folder: plan.folder, files: [...files], conflicts: [...conflicts] });
  }
  return { ok: true, value: { folders: done } };
}

async function planTargets(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  wanted: TargetOptions,
): Promise<Outcome<Planned>> {
  const { targets, skipped } = await findApplyTargets(context, state, only, wanted);
  if (targets.length === 0 && skipped.length === 0) return noChanges();
  const planned: PlannedTarget[] = [];
  const failed: ApplyTargets['skipped'][number][] = [];
  for (const place of targets) {
    const plan = await planApply({
      home: context.home,
      folder: place.folder,
      work: workOf(place),
    });
    if (plan.ok) planned.push({ place, plan: plan.value });
    else failed.push(...place.parts.map(({ work }) => ({ work, failure: plan.error })));
  }
  return { ok: true, value: { planned, left: [...skipped, ...failed] } };
}

const workOf = ({ parts }: ApplyTarget) =>
  parts.map(({ comparison: { base, head } }) => ({ base, head }));

function viewOf(state: SessionState, { planned, left }: Planned): ApplyAllPlanView {
  return {
    planId: planIdOf({ planned, left }),
    folders: planned.map(({ place: { parts }, plan: { planId: _, ...plan } }) => ({
      folder: plan.folder,
      branch: plan.branch,
      work: parts.map(({ work }) => workView(work)),
      files: [...plan.files],
      conflicts: [...plan.conflicts],
      isWorkedInPlace:
        state.local?.isolation === 'in-place' && parts.every(({ work }) => work.place === 'local'),
      notices: [...plan.notices, ...parts.flatMap(({ comparison }) => conflictNotices(comparison))],
    })),
    left: left.map(({ work, failure }) => ({ ...failure, ...workView(work) })),
  };
}

const workView = ({ repoUrl, place, work }: RepositoryWork) => ({
  repoUrl,
  place,
  agentNames: work.map(({ name }) => name),
});

function planIdOf({ planned, left }: Planned): string {
  const parts = [planned.map(({ plan }) => plan.planId), left.map(({ work }) => work.repoUrl)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Checks the whole plan before the first folder is changed. Null if it can be applied. */
function checkPlan(
  found: Planned,
  { planId, onConflict }: { readonly planId: string; readonly onConflict: 'refuse' | 'markers' },
  isWorkedIn: (folder: string) => boolean,
): Failure | null {
  if (planIdOf(found) !== planId)
    return {
      code: 'plan_outdated',
      message:
        'The folders or the changes are not as they were when the plan was made. Nothing was changed.',
      suggestion: 'Look at the plan again.',
    };
  const inUse = found.planned.find(({ plan }) => isWorkedIn(plan.folder));
  if (inUse !== undefined) return folderInUse(inUse.plan.folder);
  const disagreed = found.planned.flatMap(({ place }) =>
    place.parts.flatMap(({ comparison }) => comparison.conflicts),
  );
  if (disagreed.length > 0 && onConflict === 'refuse') return agentsDisagree(disagreed);
  const conflicts = found.planned.flatMap(({ plan }) =>
    plan.conflicts.filter(({ kind }) => onConflict === 'refuse' || kind === 'in-the-way'),
  );
  if (conflicts.length === 0) return null;
  return {
    code: 'apply_conflicts',
    message: `These files cannot be changed without losing something: ${formatPaths(conflicts)}. Nothing was changed.`,
    suggestion:
      'Commit or move your own changes there, merge the branch with git, or have conflict markers written.',
  };
}

/** One folder could not be changed, so the changes to the others are undone. */
async function rollBack(
  home: string,
  { id }: SessionState,
  done: readonly AppliedView[],
  { code, message, suggestion }: Failure,
) {
  const undoIds = done.flatMap(({ undoId }) => undoId ?? []);
  const undone = await undoApply({ home, undoIds });
  const details = { code, ...(suggestion === undefined ? {} : { suggestion }) };
  if (undone.ok) {
    const others = undoIds.length === 0 ? '' : ' What had been applied elsewhere was undone.';
    return { ok: false as const, error: { ...details, message: `${message}${others}` } };
  }
  return failed(
    code,
    `${message} What had been applied elsewhere is still there: ${undone.error.message}`,
    `Undo it with \`cerevisor apply ${shortId(id)} --undo\`.`,
  );
}
