import { missingOutputs } from '../../changes/missing-outputs.ts';
import { listApplied } from '../../changes/undo.ts';
import type { ChangesView, RepositoryChanges } from '../../contract/changes.ts';
import { documentOf } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { instant } from '../views/instant.ts';
import { defaultFolder } from './apply-targets.ts';
import { type Comparison, type ComparisonContext, compare } from './comparison.ts';
import { collectWork, type RepositoryWork } from './work.ts';

/** What one agent or the whole session changed. Repositories that cannot be compared are listed in `failures`. */
export async function changesView(
  context: ComparisonContext,
  state: SessionState,
  only: AgentState | null,
): Promise<ChangesView> {
  const repositories: RepositoryChanges[] = [];
  const failures: ChangesView['failures'] = [];
  const missing: ChangesView['missingOutputs'] = [];
  for (const work of collectWork(state, only)) {
    const compared = await compare(context, work, only === null);
    if (!compared.ok) {
      failures.push({ ...compared.error, repoUrl: work.repoUrl });
      continue;
    }
    repositories.push({
      ...repositoryView(work, compared.value),
      folder: await defaultFolder(context, state, work),
    });
    missing.push(...(await outputsMissingIn(state, work, compared.value)));
  }
  const folder = state.local?.folder ?? null;
  return {
    agentId: only?.id ?? null,
    repositories,
    failures,
    missingOutputs: missing,
    folder,
    isAppliedAlready: state.local?.isolation === 'in-place',
    applied: await appliedOf(context, state),
  };
}

/** The label of applied changes, which identifies the session that they come from. */
export const applyLabel = ({ id, workflow }: SessionState): string => `${id} ${workflow.name}`;

export async function appliedOf(
  { home }: Pick<ComparisonContext, 'home'>,
  state: SessionState,
): Promise<ChangesView['applied']> {
  const all = await listApplied(home);
  return all
    .filter(({ label }) => label.startsWith(`${state.id} `))
    .map(({ undoId, groupId, folder, appliedAt, wasCutOff, markedCount, files }) => ({
      undoId,
      groupId,
      folder,
      appliedAt: instant(appliedAt),
      wasCutOff,
      markedCount,
      fileCount: files.length,
    }));
}

function repositoryView(
  { repoUrl, place, work }: RepositoryWork,
  { base, head, changes, conflicts, unresolved, isFromEarlier }: Comparison,
): Omit<RepositoryChanges, 'folder'> {
  return {
    repoUrl,
    place,
    branches: [...new Set(work.map(({ branch }) => branch))],
    base,
    head,
    fileCount: changes.fileCount,
    additions: changes.additions,
    deletions: changes.deletions,
    files: changes.files.map(({ oldId: _, newId: __, ...file }) => file),
    conflicts: conflicts.map(({ agentNames, ...conflict }) => ({
      ...conflict,
      agentNames: [...agentNames],
    })),
    unresolved: [...unresolved],
    isFromEarlier,
  };
}

/** Expected outputs that finished agents did not create. Other agents may still create theirs. */
async function outputsMissingIn(
  state: SessionState,
  { work }: RepositoryWork,
  { repository, head }: Comparison,
): Promise<ChangesView['missingOutputs']> {
  const missing: ChangesView['missingOutputs'] = [];
  for (const { agent, name, commit } of work) {
    const outputs = documentOf(state, agent.id)?.outputFiles ?? [];
    const isFinished = agent.phase.kind === 'settled' && agent.phase.outcome === 'completed';
    if (outputs.length === 0 || !isFinished) continue;
    const found = await missingOutputs({ repository, commit: commit ?? head, outputs });
    if (found.ok && found.value.length > 0)
      missing.push({ agentId: agent.id, name, outputs: [...found.value] });
  }
  return missing;
}
