import { readPatch } from '../../changes/patch.ts';
import { routes } from '../../contract/routes.ts';
import type { Journal } from '../../journal/types.ts';
import { foldersOverlap } from '../../lib/folders.ts';
import { isLive } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { applyAll, planAll } from '../changes/apply-all.ts';
import { applyRepository, planRepository, undo } from '../changes/apply-repository.ts';
import { type ComparisonContext, compare } from '../changes/comparison.ts';
import { pullRequestFor } from '../changes/pull-request.ts';
import { changesView } from '../changes/view.ts';
import { collectWork } from '../changes/work.ts';
import { RequestError, unwrap } from '../failure.ts';
import { findAgent, findSession, stateOf } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';

export function changesHandlers(app: App, { services }: RouteDependencies): void {
  const { journal, home, reachableAddress } = services;

  const find = (reference: string, agent: string | undefined) => {
    const sessionId = findSession(journal, reference);
    const state = stateOf(journal, sessionId);
    const only = agent === undefined ? null : findAgent(state, agent);
    const context: ComparisonContext = { home, sessionId, reachableAddress };
    return { state, only, context };
  };

  app.openapi(routes.changes, async (context) => {
    const query = context.req.valid('query');
    const { state, only, context: comparison } = find(context.req.valid('param').id, query.agent);
    return context.json(await changesView(comparison, state, only), 200);
  });

  app.openapi(routes.patch, async (context) => {
    const { agent, repoUrl, base, head, path, oldPath, whole } = context.req.valid('query');
    const { state, only, context: comparison } = find(context.req.valid('param').id, agent);
    const repository = await repositoryOf(comparison, state, only, repoUrl);
    const patch = unwrap(
      await readPatch({
        repository,
        base,
        head,
        path,
        isWhole: whole === 'true',
        ...(oldPath === undefined ? {} : { oldPath }),
      }),
    );
    return context.json(patch, 200);
  });

  app.openapi(routes.planApply, async (context) => {
    const { agent, repoUrl, folder } = context.req.valid('json');
    const { state, only, context: comparison } = find(context.req.valid('param').id, agent);
    const target = withoutAbsent({ repoUrl, folder });
    return context.json(unwrap(await planRepository(comparison, state, only, target)), 200);
  });

  app.openapi(routes.applyChanges, async (context) => {
    const { agent, repoUrl, folder, planId, onConflict } = context.req.valid('json');
    const { state, only, context: comparison } = find(context.req.valid('param').id, agent);
    const body = { planId, onConflict, ...withoutAbsent({ repoUrl, folder }) };
    const isWorkedIn = (target: string) => isAgentWorkingIn(journal, target);
    return context.json(
      unwrap(await applyRepository(comparison, state, only, body, isWorkedIn)),
      200,
    );
  });

  app.openapi(routes.planApplyAll, async (context) => {
    const { agent, folder, clones } = context.req.valid('json');
    const { state, only, context: comparison } = find(context.req.valid('param').id, agent);
    const options = { clones, ...withoutAbsent({ folder }) };
    return context.json(unwrap(await planAll(comparison, state, only, options)), 200);
  });

  app.openapi(routes.applyAllChanges, async (context) => {
    const { agent, folder, ...body } = context.req.valid('json');
    const { state, only, context: comparison } = find(context.req.valid('param').id, agent);
    const options = { ...body, ...withoutAbsent({ folder }) };
    const isWorkedIn = (target: string) => isAgentWorkingIn(journal, target);
    return context.json(unwrap(await applyAll(comparison, state, only, options, isWorkedIn)), 200);
  });

  app.openapi(routes.undoApply, async (context) => {
    const { undoId } = context.req.valid('json');
    const { state, context: comparison } = find(context.req.valid('param').id, undefined);
    return context.json(unwrap(await undo(comparison, state, undoId)), 200);
  });

  app.openapi(routes.openPullRequest, async (context) => {
    const { agent, repoUrl, baseBranch } = context.req.valid('json');
    const { state, only } = find(context.req.valid('param').id, agent);
    const target = withoutAbsent({ repoUrl, baseBranch });
    return context.json(unwrap(await pullRequestFor(state, only, target)), 200);
  });
}

/** The repository that contains the commits of a request. It must be a repository of the session. */
async function repositoryOf(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
  repoUrl: string,
) {
  const work = collectWork(state, only).find((one) => one.repoUrl === repoUrl);
  if (work === undefined)
    throw new RequestError({
      code: 'no_changes',
      message: `No agent has left changes in ${repoUrl}.`,
    });
  if (work.place === 'local') return { owner: 'user', folder: repoUrl } as const;
  return unwrap(await compare(context, work, only === null)).repository;
}

/** Removes fields that are undefined, as `exactOptionalPropertyTypes` requires. */
function withoutAbsent<Name extends string>(
  fields: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> {
  // The undefined values have been filtered out.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Record<Name, string>>;
}

/** Whether an agent of any session is working in place in a folder that overlaps with this one. */
function isAgentWorkingIn(journal: Journal, folder: string): boolean {
  const { rows } = journal.sessions({ isSettled: false, includeDismissed: true, limit: 10_000 });
  return rows.some(
    ({ state }) =>
      state.local?.isolation === 'in-place' &&
      foldersOverlap(state.local.folder, folder) &&
      state.agents.some(isLive),
  );
}
