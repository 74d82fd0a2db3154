import { z } from 'zod';
import { hostileNames } from '../faults/hostile-names.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { AgentRecord, ArtifactRecord } from '../store/records.ts';
import { isTerminal } from '../store/records.ts';
import { ApiError } from './api-error.ts';
import { signedLink } from './artifact-link.ts';
import { readQuery } from './input.ts';
import { agentOf, faultPointOf } from './lookup.ts';
import { type Handler, Routes } from './routes.ts';

const maxListed = 100;

export function artifactRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal)
    .add('GET', '/:agentId/artifacts', 'listArtifacts', listArtifacts(rehearsal))
    .add('GET', '/:agentId/artifacts/download', 'linkArtifact', linkArtifact(rehearsal));
}

/** Returns at most 100 items; there are no pages. */
function listArtifacts(rehearsal: Rehearsal): Handler {
  return (context) => {
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'listArtifacts');
    const items = visibleArtifacts(rehearsal, agent).slice(0, maxListed);
    return context.json({ items: items.map(wireArtifact) });
  };
}

const wireArtifact = ({ path, sizeBytes, updatedAtMs }: ArtifactRecord) => ({
  path,
  sizeBytes,
  updatedAt: new Date(updatedAtMs).toISOString(),
});

/** Applies the faults of the listing: late, empty, with wrong sizes or with hostile names. */
function visibleArtifacts(rehearsal: Rehearsal, agent: AgentRecord): readonly ArtifactRecord[] {
  const { store, faults, clock } = rehearsal;
  const faultPoint = faultPointOf(agent, 'listArtifacts');
  if (faults.fireOne('no-artifacts', faultPoint) !== undefined) return [];
  const late = faults.fireOne('late-artifacts', faultPoint);
  if (late !== undefined) {
    const run = store.runs.find(agent.latestRunId);
    const isOver = run !== undefined && isTerminal(run.status);
    const endedMs = run?.endedUnscaledMs ?? clock.unscaledNow();
    if (!isOver || clock.unscaledNow() < endedMs + late.ms) return [];
  }
  const hostile = faults.fireOne('hostile-artifacts', faultPoint);
  if (hostile !== undefined) addHostile(rehearsal, agent, hostile.names ?? hostileNames);
  const fakeSize = faults.fireOne('artifact-size', faultPoint);
  return store.artifacts
    .ofAgent(agent.id)
    .map((artifact) =>
      fakeSize === undefined ? artifact : { ...artifact, sizeBytes: fakeSize.sizeBytes },
    );
}

function addHostile(
  { store, clock }: Rehearsal,
  agent: AgentRecord,
  names: readonly string[],
): void {
  for (const name of names) {
    const path = `artifacts/${name}`;
    if (store.artifacts.find(agent.id, path) !== undefined) continue;
    store.artifacts.put({ agentId: agent.id, path, sizeBytes: 64, updatedAtMs: clock.now() });
  }
}

function linkArtifact(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, faults, clock, options } = rehearsal;
    const agent = agentOf(rehearsal, context, 'linkArtifact');
    const { path } = readQuery(context, { path: z.string().min(1) });
    if (path.startsWith('/') || !path.startsWith('artifacts/')) {
      throw new ApiError('validation_error', 'path: Must be relative and under artifacts/');
    }
    const faultPoint = faultPointOf(agent, 'linkArtifact');
    const artifact = store.artifacts.find(agent.id, path);
    if (artifact === undefined || faults.fireOne('no-artifacts', faultPoint) !== undefined) {
      throw new ApiError('artifact_not_found', `Artifact ${path} not found`);
    }
    const isExpired = faults.fireOne('expired-link', faultPoint) !== undefined;
    const validMs = isExpired ? -1_000 : options.linkSeconds * 1_000;
    const expiresAtMs = clock.unscaledNow() + validMs;
    const isEndless = faults.fireOne('endless-artifact', faultPoint) !== undefined;
    const target = { agentId: agent.id, path, expiresAtMs, isEndless };
    const url = signedLink(rehearsal.origin(), rehearsal.linkKey, target);
    store.ledger.record(clock.now(), {
      kind: 'artifact-link-issued',
      agentId: agent.id,
      detail: { path },
    });
    return context.json({ url, expiresAt: new Date(expiresAtMs).toISOString() });
  };
}
