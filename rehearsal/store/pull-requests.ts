import type { DatabaseSync } from 'node:sqlite';
import type { AgentId } from '../ids.ts';
import type { PullRequestRecord } from './records.ts';

export class PullRequestStore {
  readonly #insert;
  readonly #byNumber;
  readonly #ofAgent;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO pull_requests (agent_id, record) VALUES (?, ?)');
    this.#byNumber = database.prepare('SELECT number, record FROM pull_requests WHERE number = ?');
    this.#ofAgent = database.prepare(
      'SELECT number, record FROM pull_requests WHERE agent_id = ? ORDER BY number',
    );
  }

  open(pullRequest: Omit<PullRequestRecord, 'number'>): PullRequestRecord {
    const { lastInsertRowid } = this.#insert.run(pullRequest.agentId, JSON.stringify(pullRequest));
    return { ...pullRequest, number: Number(lastInsertRowid) };
  }

  find(number: number): PullRequestRecord | undefined {
    const row = this.#byNumber.get(number);
    return row === undefined ? undefined : decode(row);
  }

  ofAgent(agentId: AgentId): readonly PullRequestRecord[] {
    return this.#ofAgent.all(agentId).map(decode);
  }
}

// The column is written only by this class, from a PullRequestRecord without its number.
const decode = (row: Record<string, unknown>): PullRequestRecord => ({
  ...(JSON.parse(String(row.record)) as Omit<PullRequestRecord, 'number'>),
  number: Number(row.number),
});
