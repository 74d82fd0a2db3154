import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../ids.ts';
import type { RunRecord } from '../store/records.ts';
import { executeRun } from './execution.ts';
import { RunIsOver } from './narrator.ts';
import type { Stage } from './stage.ts';

class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** Carries out all live runs, one at a time for each agent, since the runs of an agent share its workspace. */
export class Supervisor {
  readonly #stage: Stage;
  readonly #controllers = new Map<RunId, AbortController>();
  readonly #agents = new Map<string, Promise<void>>();
  #isClosing = false;

  constructor(stage: Stage) {
    this.#stage = stage;
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

  /** Continues with every run that was live when the process ended. */
  resumeAll(): void {
    for (const run of this.#stage.store.runs.live()) this.start(run);
  }

  /** Ends the run as cancelled, at once; its execution winds down behind. False when it had ended. */
  cancel(run: RunRecord): boolean {
    const isCancelled = this.#stage.lifecycle.end(run.id, { status: 'CANCELLED' });
    this.#controllers.get(run.id)?.abort(new Aborted());
    return isCancelled;
  }

  /** Removes what an agent has on disk, once nothing works in it anymore. */
  discardFiles(agentId: string): void {
    const before = this.#agents.get(agentId) ?? Promise.resolve();
    this.#stage.variables.discard(agentId);
    const discard = async () => {
      for (const part of ['agents', 'artifacts']) {
        await rm(join(this.#stage.home, part, agentId), { recursive: true, force: true });
      }
    };
    const report = (error: unknown) => console.error(`Files of ${agentId} remain`, error);
    this.#agents.set(agentId, before.then(discard).catch(report));
  }

  /** Stops working without ending any run: they continue with the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const controller of this.#controllers.values()) controller.abort(new Aborted());
    await Promise.allSettled(this.#agents.values());
  }

  async #execute(run: RunRecord, signal: AbortSignal): Promise<void> {
    const { lifecycle } = this.#stage;
    try {
      if (!signal.aborted) await executeRun(this.#stage, run, signal);
    } catch (error) {
      if (error instanceof Aborted || error instanceof RunIsOver || this.#isClosing) return;
      // A bug of ours: the run must not stay live forever, and the reason must be seen.
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
