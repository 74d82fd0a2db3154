import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../ids.ts';
import type { RunRecord } from '../store/records.ts';
import { executeRun } from './execution.ts';
import type { ExecutionServices } from './execution-services.ts';
import { RunEndedError } from './run-stream-writer.ts';

class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** Executes all live runs, one at a time for each agent, because the runs of an agent share its workspace. */
export class Supervisor {
  readonly #services: ExecutionServices;
  readonly #controllers = new Map<RunId, AbortController>();
  readonly #agents = new Map<string, Promise<void>>();
  #isClosing = false;

  constructor(services: ExecutionServices) {
    this.#services = services;
  }

  get liveRuns(): number {
    return this.#controllers.size;
  }

  start(run: RunRecord): void {
    const controller = new AbortController();
    this.#controllers.set(run.id, controller);
    const before = this.#agents.get(run.agentId) ?? Promise.resolve();
    const execution = before.then(() => this.#execute(run, controller.signal));
    this.#agents.set(run.agentId, execution);
  }

  /** Continues every run that was live when the previous process ended. */
  resumeAll(): void {
    for (const run of this.#services.store.runs.live()) this.start(run);
  }

  /**
   * Ends the run as cancelled at once; its execution stops shortly after. Returns false if the run had already ended.
   */
  cancel(run: RunRecord): boolean {
    const isCancelled = this.#services.lifecycle.end(run.id, { status: 'CANCELLED' });
    this.#controllers.get(run.id)?.abort(new Aborted());
    return isCancelled;
  }

  /** Removes an agent's files, once its executions have stopped. */
  discardFiles(agentId: string): void {
    const before = this.#agents.get(agentId) ?? Promise.resolve();
    this.#services.variables.discard(agentId);
    const discard = async () => {
      for (const part of ['agents', 'artifacts']) {
        await rm(join(this.#services.home, part, agentId), { recursive: true, force: true });
      }
    };
    const report = (error: unknown) => console.error(`Files of ${agentId} remain`, error);
    this.#agents.set(agentId, before.then(discard).catch(report));
  }

  /** Stops all executions without ending the runs: they continue after the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const controller of this.#controllers.values()) controller.abort(new Aborted());
    await Promise.allSettled(this.#agents.values());
  }

  async #execute(run: RunRecord, signal: AbortSignal): Promise<void> {
    const { lifecycle } = this.#services;
    try {
      if (!signal.aborted) await executeRun(this.#services, run, signal);
    } catch (error) {
      if (error instanceof Aborted || error instanceof RunEndedError || this.#isClosing) return;
      // An internal error: end the run so that it does not stay live forever, and report the reason.
      console.error(`Run ${run.id} failed`, error);
      lifecycle.end(run.id, {
        status: 'ERROR',
        text: `The rehearsal cloud failed: ${String(error)}`,
      });
    } finally {
      this.#controllers.delete(run.id);
    }
  }
}
