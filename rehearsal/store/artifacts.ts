import type { DatabaseSync } from 'node:sqlite';
import type { AgentId } from '../ids.ts';
import type { ArtifactRecord } from './records.ts';

export class ArtifactStore {
  readonly #put;
  readonly #one;
  readonly #ofAgent;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      `INSERT INTO artifacts (agent_id, path, record) VALUES (?, ?, ?)
       ON CONFLICT (agent_id, path) DO UPDATE SET record = excluded.record`,
    );
    this.#one = database.prepare('SELECT record FROM artifacts WHERE agent_id = ? AND path = ?');
    this.#ofAgent = database.prepare('SELECT record FROM artifacts WHERE agent_id = ?');
  }

  put(artifact: ArtifactRecord): void {
    this.#put.run(artifact.agentId, artifact.path, JSON.stringify(artifact));
  }

  find(agentId: AgentId, path: string): ArtifactRecord | undefined {
    const row = this.#one.get(agentId, path);
    return row === undefined ? undefined : decode(row.record);
  }

  /** Ordered by path. */
  ofAgent(agentId: AgentId): readonly ArtifactRecord[] {
    return this.#ofAgent.all(agentId).map((row) => decode(row.record));
  }
}

// The column is written only by this class, always from an ArtifactRecord.
const decode = (column: unknown): ArtifactRecord => JSON.parse(String(column)) as ArtifactRecord;
