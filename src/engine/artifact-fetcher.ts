import { agentDirectories } from '../artifacts/layout.ts';
import { isLoopbackUrl } from '../artifacts/link-policy.ts';
import { createStorageFetch } from '../artifacts/storage-fetch.ts';
import { type FetchedArtifact, fetchArtifacts } from '../artifacts/store.ts';
import type { Journal } from '../journal/types.ts';
import type { StoredArtifact } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { ArtifactFetcher } from './context.ts';

/** Brings artifacts into the folder of their session and agent below `home`. */
export function createArtifactFetcher(
  home: string,
  journal: Journal,
  backendUrl: string,
): { readonly fetchArtifacts: ArtifactFetcher; close(): Promise<void> } {
  const reach = isLoopbackUrl(backendUrl) ? 'loopback' : 'public';
  const storage = createStorageFetch(reach);
  const fetchAll: ArtifactFetcher = async ({ sessionId, agentId, list, linkFor, signal }) => {
    const directory = artifactDirectory(home, journal, sessionId, agentId);
    const fetched = await fetchArtifacts({
      directory,
      list,
      linkFor,
      reach,
      fetch: storage.fetch,
      signal,
    });
    return fetched.map(stored);
  };
  return { fetchArtifacts: fetchAll, close: storage.close };
}

/** Where the artifacts of one agent of a session are, or will be. */
export function artifactDirectory(
  home: string,
  journal: Journal,
  sessionId: SessionId,
  agentId: AgentId,
): string {
  // The journal's projection is `evolve`: its state of a session is a SessionState.
  const state = journal.state(sessionId) as SessionState | undefined;
  const ids = state?.agents.map(({ id }) => id) ?? [agentId];
  const directory = agentDirectories(home, sessionId, ids).get(agentId);
  if (directory === undefined) throw new Error(`No agent ${agentId} in session ${sessionId}`);
  return directory;
}

function stored(artifact: FetchedArtifact): StoredArtifact {
  const { path, sizeBytes, updatedAt } = artifact;
  const common = { path, sizeBytes, ...(updatedAt === undefined ? {} : { updatedAt }) };
  return 'error' in artifact
    ? { ...common, error: { ...artifact.error } }
    : { ...common, file: artifact.file, sha256: artifact.sha256 };
}
