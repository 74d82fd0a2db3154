import { isAbsolute } from 'node:path';
import { apply } from '../../changes/apply.ts';
import { planApply } from '../../changes/plan-apply.ts';
import { pullRequestPage } from '../../changes/pull-request-page.ts';
import { pushBranch } from '../../changes/push-branch.ts';
import { sessionStart } from '../../changes/session-start.ts';
import { undoApply } from '../../changes/undo.ts';
import type {
  ApplyBody,
  ApplyPlanView,
  PlanApplyBody,
  PullRequestBody,
} from '../../contract/changes.ts';
import type { Outcome } from '../../engine/api.ts';
import { listOf, shortId } from '../../lib/format.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { ancestors } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';
import { refused } from '../failure.ts';
import { type Comparison, type ComparisonContext, compareInFolder } from './comparison.ts';
import { appliedOf, applyLabel } from './view.ts';
import { type RepositoryWork, workIn } from './work.ts';

type Target = Pick<PlanApplyBody, 'repoUrl' | 'folder'>;

/** What applying the work to a folder would do. Nothing there is changed. */
export async function planFor(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  target: Target,
): Promise<Outcome<ApplyPlanView>> {
  const ready = await readyToApply(context, state, only, target);
  if (!ready.ok) return ready;
  const { folder, comparison, repoUrl, place } = ready.value;
  const { base, head } = comparison;
  const plan = await planApply({ home: context.home, folder, base, head });
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
      notices: [...notices, ...disagreements(comparison)],
    },
  };
}

/** Applies the work as the person saw it planned. */
export async function applyTo(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  body: Pick<ApplyBody, 'repoUrl' | 'folder' | 'planId' | 'onConflict'>,
  isWorkedIn: (folder: string) => boolean,
) {
  const ready = await readyToApply(context, state, only, body);
  if (!ready.ok) return ready;
  const { folder, comparison } = ready.value;
  if (isWorkedIn(folder))
    return refused(
      'folder_in_use',
      `An agent works in ${folder} at this moment. Nothing was changed.`,
      'Apply the changes when it has finished.',
    );
  if (comparison.conflicts.length > 0 && body.onConflict !== 'markers')
    return refused(
      'agents_disagree',
      `Agents changed the same lines in different ways: ${namesOf(comparison.conflicts)}. Nothing was changed.`,
      'Apply the work of one agent, let an agent merge the branches, or have conflict markers written.',
    );
  const { base, head } = comparison;
  const applied = await apply({
    home: context.home,
    folder,
    base,
    head,
    planId: body.planId,
    label: applyLabel(state),
    onConflict: body.onConflict ?? 'refuse',
  });
  if (!applied.ok) return applied;
  const { undoId, files, conflicts } = applied.value;
  return {
    ok: true as const,
    value: { undoId, folder, files: [...files], conflicts: [...conflicts] },
  };
}

/** Brings a folder back to what it was before the newest work, or this one, was applied. */
export async function undo(
  context: ComparisonContext,
  state: SessionState,
  undoId: string | undefined,
): Promise<Outcome<{ folder: string; files: string[] }>> {
  const applied = await appliedOf(context, state);
  const entry = undoId === undefined ? applied[0] : applied.find((one) => one.undoId === undoId);
  if (entry === undefined)
    return refused('nothing_to_undo', 'There is nothing of this session to undo.');
  const undone = await undoApply({ home: context.home, undoId: entry.undoId });
  return undone.ok
    ? { ok: true, value: { folder: entry.folder, files: [...undone.value.files] } }
    : undone;
}

/** The page on which a pull request is opened. A branch of this machine is pushed first, with the person's own access. */
export async function pullRequestFor(
  state: SessionState,
  only: AgentState | null,
  { repoUrl, baseBranch }: Pick<PullRequestBody, 'repoUrl' | 'baseBranch'>,
) {
  const found = oneRepository(
    state,
    only,
    repoUrl,
    () => 'Open the page from the changes in one of them.',
  );
  if (!found.ok) return found;
  const [work, ...others] = lastWork(state, found.value);
  if (work === undefined) return noChanges();
  if (others.length > 0)
    return refused(
      'repository_unclear',
      `Several agents left branches: ${[work, ...others].map(({ name }) => name).join(', ')}.`,
      'Name one of them.',
    );
  const { place } = found.value;
  if (place === 'cloud') {
    const base = baseBranch ?? null;
    const page = pullRequestPage(withScheme(found.value.repoUrl), work.branch, base);
    return pageOf(found.value.repoUrl, work.branch, page, base, false);
  }
  const folder = found.value.repoUrl;
  const start = await sessionStart({
    repository: { owner: 'person', folder },
    sessionId: state.id,
  });
  if (!start.ok) return start;
  const pushed = await pushBranch({
    folder,
    head: work.commit ?? `refs/heads/${work.branch}`,
    branch: work.branch,
    snapshotCommit: start.value?.snapshotCommit ?? null,
    headCommit: start.value?.headCommit ?? null,
    ...(baseBranch === undefined ? {} : { baseBranch }),
  });
  if (!pushed.ok) return pushed;
  if (pushed.value.kind === 'conflict')
    return refused(
      'push_conflict',
      `The work builds on changes of yours that are not committed: ${namesOf(pushed.value.conflicts)}. Nothing was pushed.`,
      'Commit them, apply the work of the session to your folder, and push that.',
    );
  const { remote, branch, page, baseBranch: base } = pushed.value;
  return pageOf(remote, branch, page, base, true);
}

/** Clouds name a repository without `https://`, too. */
const withScheme = (repoUrl: string): string =>
  /^[\w-]+(\.[\w-]+)+(:\d+)?\//.test(repoUrl) ? `https://${repoUrl}` : repoUrl;

const pageOf = (
  repoUrl: string,
  branch: string,
  page: string | null,
  baseBranch: string | null,
  wasPushed: boolean,
) => ({ ok: true as const, value: { page, repoUrl, branch, baseBranch, wasPushed } });

/** Those that nobody of the same repository has built upon. */
function lastWork(state: SessionState, { work }: RepositoryWork): RepositoryWork['work'] {
  const builtUpon = new Set(
    work.flatMap(({ agent }) => ancestors(state, agent.id).map(({ id }) => id)),
  );
  return work.filter(({ agent }) => !builtUpon.has(agent.id));
}

type Ready = Pick<RepositoryWork, 'repoUrl' | 'place'> & {
  readonly folder: string;
  readonly comparison: Comparison;
};

async function readyToApply(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  target: Target,
): Promise<Outcome<Ready>> {
  const found = oneRepository(state, only, target.repoUrl, applyCommands);
  if (!found.ok) return found;
  const folder = target.folder ?? state.local?.folder;
  if (folder === undefined)
    return refused(
      'folder_unnamed',
      'The session worked in the cloud, so it is not known which folder its changes are for.',
      'Name a clone of the repository: --folder DIR.',
    );
  if (!isAbsolute(folder)) return refused('bad_request', `"${folder}" is not an absolute path.`);
  const compared = await compareInFolder(context, found.value, only === null, folder);
  if (!compared.ok) return compared;
  const { repoUrl, place } = found.value;
  return { ok: true, value: { folder, repoUrl, place, comparison: compared.value } };
}

function oneRepository(
  state: SessionState,
  only: AgentState | null,
  repoUrl: string | undefined,
  choose: (state: SessionState, all: readonly RepositoryWork[]) => string,
): Outcome<RepositoryWork> {
  const all = workIn(state, only);
  const key = repoUrl === undefined ? null : repositoryKey(repoUrl);
  const fitting = all.filter((one) => key === null || repositoryKey(one.repoUrl) === key);
  const [first] = fitting;
  if (first === undefined && repoUrl !== undefined && all.length > 0)
    return refused(
      'repository_unclear',
      `No agent has left changes in ${repoUrl}, but ${placesOf(all)}.`,
      choose(state, all),
    );
  if (first === undefined) return noChanges();
  // What came from this machine and was pushed for the cloud is there under both names; the newest work is in the cloud.
  if (fitting.length === 1) return { ok: true, value: first };
  return refused(
    'repository_unclear',
    `The session worked in several places: ${placesOf(fitting)}.`,
    choose(state, fitting),
  );
}

const placesOf = (all: readonly RepositoryWork[]): string =>
  listOf(all.map(({ repoUrl, work }) => `${listOf(work.map(({ name }) => name))} in ${repoUrl}`));

/** What to type for each of them. */
function applyCommands({ id }: SessionState, all: readonly RepositoryWork[]): string {
  const commands = all.map(
    ({ repoUrl }) => `\`cerevisor apply ${shortId(id)} --repo ${shellWord(repoUrl)}\``,
  );
  return `Name one of them: ${commands.join(' or ')}`;
}

const noChanges = () =>
  refused(
    'no_changes',
    'No agent has left changes here.',
    'Look again when an agent has finished.',
  );

const disagreements = ({ conflicts }: Comparison): string[] =>
  conflicts.map(({ path, agentNames }) => `${path}: ${agentNames.join(' and ')} disagree.`);

const namesOf = (conflicts: readonly { readonly path: string }[]): string => {
  const names = conflicts.slice(0, 10).map(({ path }) => path);
  const more = conflicts.length > 10 ? ` and ${conflicts.length - 10} more` : '';
  return `${names.join(', ')}${more}`;
};
