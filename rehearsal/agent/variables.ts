import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, RunId } from '../ids.ts';

type Values = Readonly<Record<string, string>>;
type Scope = 'agent' | RunId;

/**
 * Variables of agents and of single runs, for the shell of the instruction `run`. They may be secrets: without
 * `--allow-run` nothing needs them and nothing is kept; with it they are in a file that only you can read,
 * so that a run that continues after a restart has them, and go with the agent.
 */
export class Variables {
  readonly #folder: string;
  readonly #isKeeping: boolean;

  constructor(folder: string, isKeeping: boolean) {
    this.#folder = folder;
    this.#isKeeping = isKeeping;
  }

  keep(agentId: AgentId, scope: Scope, values: Values | undefined): void {
    if (!this.#isKeeping || values === undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const kept = { ...this.#read(agentId), [scope]: values };
    writeFileSync(this.#fileOf(agentId), JSON.stringify(kept), { mode: 0o600 });
  }

  /** A run's own value wins over the agent's, for that run. */
  of(agentId: AgentId, runId: RunId): Values {
    const kept = this.#read(agentId);
    return { ...kept.agent, ...kept[runId] };
  }

  discard(agentId: string): void {
    rmSync(this.#fileOf(agentId), { force: true });
  }

  #fileOf(agentId: string): string {
    return join(this.#folder, `${agentId}.json`);
  }

  #read(agentId: AgentId): Partial<Record<Scope, Values>> {
    if (!this.#isKeeping) return {};
    let text: string;
    try {
      text = readFileSync(this.#fileOf(agentId), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw error;
    }
    // Written by `keep` alone.
    return JSON.parse(text) as Partial<Record<Scope, Values>>;
  }
}
