import path from 'node:path';
import type { ApplyPlanView, PlanApplyBody } from '../../contract/changes.ts';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import { plural, shortId } from '../../lib/format.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { planLines } from '../render/changes.ts';
import { applyAll, formatApplied } from './apply-all.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { confirm } from './confirm.ts';
import { findAgent } from './find-agent.ts';

type Options = {
  readonly agent?: string;
  readonly folder?: string;
  readonly repo?: string;
  readonly markers?: boolean;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly yes?: boolean;
};

export const addApply: AddCommand = (program, context) => {
  program
    .command('apply')
    .description('apply the changes of a session to your folder')
    .argument('<session>', SESSION_ARGUMENT)
    .option(AGENT_OPTION, `only one agent: ${AGENT_HELP}`)
    .option(
      '-C, --folder <dir>',
      "the only folder to change; default: the session's folder, and known clones",
    )
    .option('-r, --repo <url>', 'only what was changed in this repository')
    .option('--markers', 'write conflict markers into files that cannot be merged')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--undo', 'restore the previous state of the folder')
    .option('-y, --yes', 'do not ask before changing the folder')
    .addHelpText(
      'after',
      examples(
        'cerevisor apply 3f9a1c2e',
        'cerevisor apply 3f9a --agent Builder --dry-run',
        'cerevisor apply 3f9a --folder ~/projects/shop',
        'cerevisor apply 3f9a --undo',
      ),
    )
    .addHelpText(
      'after',
      'Either all files are changed or none, in all folders. Your own changes are kept and merged.\n',
    )
    .action((session: string, options: Options) =>
      options.undo === true ? undo(context, session) : apply(context, session, options),
    );
};

async function apply(context: Context, reference: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await connectForAction(context);
  const view = await client.session(reference);
  const target = {
    ...(options.agent === undefined ? {} : { agent: findAgent(view, options.agent).id }),
    ...folderOf(options, view.folder),
    ...(options.repo === undefined ? {} : { repoUrl: options.repo }),
  };
  const plan = await planFor(client, view.id, target);
  if (plan === null) {
    const { agent } = target;
    const folder = options.folder === undefined ? undefined : path.resolve(options.folder);
    await applyAll(context, client, view, {
      ...(agent === undefined ? {} : { agent }),
      ...(folder === undefined ? {} : { folder }),
      markers: options.markers === true,
      dryRun: options.dryRun === true,
      yes: options.yes === true,
    });
    return;
  }
  if (options.dryRun === true) {
    output.document(plan);
    if (!output.isJson) output.print(...planLines(plan));
    return;
  }
  if (plan.files.length === 0 && plan.conflicts.length === 0) {
    output.print(nothingToApplyText(plan));
    output.document({ undoId: null, folder: plan.folder, files: [], conflicts: [] });
    return;
  }
  output.remark(...planLines(plan));
  if (plan.conflicts.length > 0 && options.markers !== true)
    throw commandError(
      'apply_conflicts',
      `${plural(plan.conflicts.length, 'file')} cannot be merged with your changes. Nothing was changed.`,
      'Commit or move your changes, or add --markers to write conflict markers.',
    );
  const files = plural(plan.files.length, 'file');
  const branch = plan.branch === null ? '' : ` on branch ${plan.branch}`;
  await confirm(context, `Change ${files} in ${plan.folder}${branch}?`, {
    isConfirmed: options.yes === true,
  });
  const applied = await client.applyChanges(view.id, {
    ...target,
    planId: plan.planId,
    onConflict: options.markers === true ? 'markers' : 'refuse',
  });
  output.document(applied);
  output.print(
    output.advice(
      `${formatApplied({ folders: [applied] })} Undo it with: cerevisor apply ${shortId(view.id)} --undo`,
    ),
  );
  if (applied.conflicts.length > 0)
    output.print(`Resolve the conflict markers in: ${applied.conflicts.join(', ')}`);
}

/** Null if agents left changes in several places and none of them was named. */
async function planFor(
  client: Client,
  sessionId: string,
  target: PlanApplyBody,
): Promise<ApplyPlanView | null> {
  try {
    return await client.planApply(sessionId, target);
  } catch (error) {
    const isUnclear = error instanceof ApiError && error.code === 'repository_unclear';
    if (isUnclear && target.repoUrl === undefined) return null;
    throw error;
  }
}

/** A cloud session has no folder of its own, so the current folder is used. */
function folderOf({ folder }: Options, sessionFolder: string | null): { folder?: string } {
  if (folder !== undefined) return { folder: path.resolve(folder) };
  return sessionFolder === null ? { folder: process.cwd() } : {};
}

/** Why nothing would change. */
export const nothingToApplyText = ({ isWorkedInPlace, folder }: ApplyPlanView): string =>
  isWorkedInPlace
    ? `There is nothing to apply: the agents worked directly in ${folder}, so it already has their changes.`
    : `There is nothing to apply: ${folder} already has these changes.`;

async function undo(context: Context, reference: string): Promise<void> {
  const client: Client = await connectForAction(context);
  const view = await client.session(reference);
  const { folder, files, folders } = await client.undoApply(view.id);
  context.output.document({ folder, files, folders });
  for (const restored of folders) {
    const verb = restored.files.length === 1 ? 'was' : 'were';
    context.output.print(
      `Undone: ${plural(restored.files.length, 'file')} in ${restored.folder} ${verb} restored.`,
    );
  }
}
