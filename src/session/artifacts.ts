import type { StoredArtifact } from './events.ts';
import { latestAttempt } from './select.ts';
import type { AgentState } from './state.ts';

/** An agent's artifacts: those of its newest attempt, and earlier files that are on this machine. */
export function artifactsOf(agent: AgentState): {
  readonly newest: readonly StoredArtifact[];
  readonly earlier: readonly StoredArtifact[];
} {
  const newest = latestAttempt(agent)?.artifacts.files ?? [];
  const names = new Set(newest.flatMap(({ file }) => file ?? []));
  const earlier: StoredArtifact[] = [];
  const add = (files: readonly StoredArtifact[], attempt?: number): void => {
    for (const file of files) {
      if (file.file === undefined || names.has(file.file)) continue;
      names.add(file.file);
      earlier.push(attempt === undefined ? file : { attempt, ...file });
    }
  };
  for (const { number, artifacts } of agent.attempts.toReversed()) {
    add(artifacts.files, number);
    add(artifacts.earlier ?? []);
    const isFetched = artifacts.state === 'complete' || artifacts.state === 'incomplete';
    // This report lists everything that was on disk then; file names in older reports may be outdated.
    if (isFetched && artifacts.earlier !== undefined) break;
  }
  return { newest, earlier };
}
