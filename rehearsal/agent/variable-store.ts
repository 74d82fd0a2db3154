import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, RunId } from '../ids.ts';

type Values = Readonly<Record<string, string>>;
type Scope = 'agent' | RunId;

/**
 * Environment variables of agents and of single runs, for the shell of the instruction `run`. They may be secrets: they
 * are stored only with `--allow-run`, in a file that only its owner can read, and deleted with the agent.
 */
export class VariableStore {
  readonly #folder: string;
  readonly #isEnabled: boolean;

  constructor({ folder, isEnabled }: { readonly folder: string; readonly isEnabled: boolean }) {
    this.#folder = folder;
    this.#isEnabled = isEnabled;
  }

  save(agentId: AgentId, scope: Scope, values: Values | undefined): void {
    if (!this.#isEnabled || values === undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const stored = { ...this.#read(agentId), [scope]: values };
    writeFileSync(this.#fileOf(agentId), JSON.stringify(stored), { mode: 0o600 });
  }

  /** A value of the run overrides the value of the agent. */
  forRun(agentId: AgentId, runId: RunId): Values {
    const stored = this.#read(agentId);
    return { ...stored.agent, ...stored[runId] };
  }

  discard(agentId: string): void {
    rmSync(this.#fileOf(agentId), { force: true });
  }

  #fileOf(agentId: string): string {
    return join(this.#folder, `${agentId}.json`);
  }

  #read(agentId: AgentId): Partial<Record<Scope, Values>> {
    if (!this.#isEnabled) return {};
    let text: string;
    try {
      text = readFileSync(this.#fileOf(agentId), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw error;
    }
    // Written only by `save`.
    return JSON.parse(text) as Partial<Record<Scope, Values>>;
  }
}
