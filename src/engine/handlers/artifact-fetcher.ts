import { agentDirectories } from '../../artifacts/layout.ts';
import { isLoopbackUrl } from '../../artifacts/link-policy.ts';
import type { ManifestEntry } from '../../artifacts/manifest.ts';
import { earlierFiles } from '../../artifacts/manifest-editor.ts';
import { createStorageFetch } from '../../artifacts/storage-fetch.ts';
import { type FetchedArtifact, fetchArtifacts } from '../../artifacts/store.ts';
import type { Journal } from '../../journal/types.ts';
import type { StoredArtifact } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { ArtifactFetcher } from '../context.ts';

/** Downloads artifacts to the folder of their session and agent below `home`. */
export function createArtifactFetcher(
  home: string,
  journal: Journal,
  backendUrl: string,
): { readonly fetchArtifacts: ArtifactFetcher; close(): Promise<void> } {
  const reach = isLoopbackUrl(backendUrl) ? 'loopback' : 'public';
  const storage = createStorageFetch(reach);
  const fetchAll: ArtifactFetcher = async (request) => {
    const { sessionId, agentId, attempt, turn, list, linkFor, signal } = request;
    const directory = artifactDirectory(home, journal, sessionId, agentId);
    const fetched = await fetchArtifacts({
      directory,
      list,
      attempt,
      turn,
      linkFor,
      reach,
      fetch: storage.fetch,
      signal,
    });
    const artifacts = fetched.map(stored);
    return { artifacts, earlier: (await earlierFiles(directory, artifacts)).map(storedEarlier) };
  };
  return { fetchArtifacts: fetchAll, close: storage.close };
}

/** The folder for the artifacts of one agent. */
export function artifactDirectory(
  home: string,
  journal: Journal,
  sessionId: SessionId,
  agentId: AgentId,
): string {
  const state = journal.state(sessionId);
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

function storedEarlier(entry: ManifestEntry): StoredArtifact {
  const { path, file, sizeBytes, sha256, updatedAt, attempt, turn } = entry;
  return {
    path,
    file,
    sizeBytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(turn === undefined ? {} : { turn }),
  };
}
