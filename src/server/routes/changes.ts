import { patchOf } from '../../changes/patch.ts';
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

  const found = (reference: string, agent: string | undefined) => {
    const sessionId = findSession(journal, reference);
    const state = stateOf(journal, sessionId);
    const only = agent === undefined ? null : findAgent(state, agent);
    const context: ComparisonContext = { home, sessionId, reachableAddress };
    return { state, only, context };
  };

  app.openapi(routes.changes, async (context) => {
    const query = context.req.valid('query');
    const { state, only, context: where } = found(context.req.valid('param').id, query.agent);
    return context.json(await changesView(where, state, only), 200);
  });

  app.openapi(routes.patch, async (context) => {
    const { agent, repoUrl, base, head, path, oldPath, whole } = context.req.valid('query');
    const { state, only, context: where } = found(context.req.valid('param').id, agent);
    const repository = await repositoryOf(where, state, only, repoUrl);
    const patch = unwrap(
      await patchOf({
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
    const { state, only, context: where } = found(context.req.valid('param').id, agent);
    const target = withoutAbsent({ repoUrl, folder });
    return context.json(unwrap(await planRepository(where, state, only, target)), 200);
  });

  app.openapi(routes.applyChanges, async (context) => {
    const { agent, repoUrl, folder, planId, onConflict } = context.req.valid('json');
    const { state, only, context: where } = found(context.req.valid('param').id, agent);
    const body = { planId, onConflict, ...withoutAbsent({ repoUrl, folder }) };
    const isWorkedIn = (where: string) => worksIn(journal, where);
    return context.json(unwrap(await applyRepository(where, state, only, body, isWorkedIn)), 200);
  });

  app.openapi(routes.planApplyAll, async (context) => {
    const { agent, folder, clones } = context.req.valid('json');
    const { state, only, context: where } = found(context.req.valid('param').id, agent);
    const wanted = { clones, ...withoutAbsent({ folder }) };
    return context.json(unwrap(await planAll(where, state, only, wanted)), 200);
  });

  app.openapi(routes.applyAllChanges, async (context) => {
    const { agent, folder, ...body } = context.req.valid('json');
    const { state, only, context: where } = found(context.req.valid('param').id, agent);
    const wanted = { ...body, ...withoutAbsent({ folder }) };
    const isWorkedIn = (where: string) => worksIn(journal, where);
    return context.json(unwrap(await applyAll(where, state, only, wanted, isWorkedIn)), 200);
  });

  app.openapi(routes.undoApply, async (context) => {
    const { undoId } = context.req.valid('json');
    const { state, context: where } = found(context.req.valid('param').id, undefined);
    return context.json(unwrap(await undo(where, state, undoId)), 200);
  });

  app.openapi(routes.openPullRequest, async (context) => {
    const { agent, repoUrl, baseBranch } = context.req.valid('json');
    const { state, only } = found(context.req.valid('param').id, agent);
    const target = withoutAbsent({ repoUrl, baseBranch });
    return context.json(unwrap(await pullRequestFor(state, only, target)), 200);
  });
}

/** Where the commits that a client names are to be found: in a repository of the session, and nowhere else. */
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

/** A field that was not sent is none at all. */
function withoutAbsent<Name extends string>(
  fields: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> {
  // Only the absent ones are left out.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Record<Name, string>>;
}

/** Whether an agent of any session is at work in the folder itself, or in one around it or inside it. */
function worksIn(journal: Journal, folder: string): boolean {
  const { rows } = journal.sessions({ isSettled: false, includeDismissed: true, limit: 10_000 });
  return rows.some(
    ({ state }) =>
      state.local?.isolation === 'in-place' &&
      foldersOverlap(state.local.folder, folder) &&
      state.agents.some(isLive),
  );
}
