import type { AppliedAllView, ApplyAllPlanView } from '../../contract/changes.ts';
import type { Client } from '../../contract/client.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { listOf, plural, shortId } from '../../lib/format.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { folderPlanLines, notAppliedLines } from '../render/changes.ts';
import { confirm } from './confirm.ts';

/** Options for applying work from several places. */
export type ApplyAllOptions = {
  readonly agent?: string;
  /** Applies changes only to this folder. */
  readonly folder?: string;
  readonly markers: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
};

/** Applies the work of agents from several places, each to its own folder, after one summary and one question. */
export async function applyAll(
  context: Context,
  client: Client,
  view: SessionDetail,
  { agent, folder, markers, dryRun, yes }: ApplyAllOptions,
): Promise<void> {
  const { output } = context;
  const target = {
    ...(agent === undefined ? {} : { agent }),
    ...(folder === undefined ? {} : { folder }),
    // The current folder may be a clone of the repository that cloud agents worked on.
    clones: [process.cwd()],
  };
  const plan = await client.planApplyAll(view.id, target);
  const lines = [...plan.folders.flatMap(folderPlanLines), ...plan.left.flatMap(notAppliedLines)];
  if (dryRun) {
    output.document(plan);
    if (!output.isJson) output.print(...lines);
    return;
  }
  output.remark(...lines);
  requireApplicable(plan, markers);
  const question = confirmationQuestion(plan);
  if (question === null) {
    output.print('There is nothing to apply: the folders have these changes already.');
    output.document({ folders: [] } satisfies AppliedAllView);
    return;
  }
  await confirm(context, question, { isConfirmed: yes });
  const applied = await client.applyAllChanges(view.id, {
    ...target,
    planId: plan.planId,
    onConflict: markers ? 'markers' : 'refuse',
  });
  output.document(applied);
  const undo = `Undo all of it with: cerevisor apply ${shortId(view.id)} --undo`;
  output.print(output.advice(`${formatApplied(applied)} ${undo}`));
  const conflicts = applied.folders.flatMap((folder) => folder.conflicts);
  if (conflicts.length > 0)
    output.print(`Resolve the conflict markers in: ${conflicts.join(', ')}`);
}

/** @throws ApiError if nothing can be applied, or there are conflicts */
function requireApplicable({ folders, left }: ApplyAllPlanView, markers: boolean): void {
  const [first] = left;
  if (folders.length === 0 && first !== undefined)
    throw commandError(
      first.code,
      'Nothing can be applied.',
      'Name a folder for it, as shown above.',
    );
  const count = folders.reduce((sum, { conflicts }) => sum + conflicts.length, 0);
  if (count > 0 && !markers)
    throw commandError(
      'apply_conflicts',
      `${plural(count, 'file')} cannot be merged with your changes. Nothing was changed.`,
      'Commit or move your changes, or add --markers to write conflict markers.',
    );
}

/** The question before applying; null if nothing would change. */
export function confirmationQuestion({ folders, left }: ApplyAllPlanView): string | null {
  const changed = folders.filter(({ files }) => files.length > 0);
  const [first] = changed;
  if (first === undefined) return null;
  const count = changed.reduce((sum, { files }) => sum + files.length, 0);
  const location = changed.length === 1 ? first.folder : plural(changed.length, 'folder');
  const rest = left.length === 0 ? '' : ', and leave out the rest';
  return `Change ${plural(count, 'file')} in ${location}${rest}?`;
}

/** ` (2 with conflict markers)`; empty if there are none. */
const markersText = ({ length }: readonly string[]): string =>
  length === 0 ? '' : ` (${length} with conflict markers)`;

/** `Changed 1 file in /work/shop and 3 files in /work/api.` */
export function formatApplied({ folders }: AppliedAllView): string {
  const parts = folders
    .filter(({ files }) => files.length > 0)
    .map(
      ({ folder, files, conflicts }) =>
        `${plural(files.length, 'file')} in ${folder}${markersText(conflicts)}`,
    );
  return `Changed ${listOf(parts)}.`;
}
