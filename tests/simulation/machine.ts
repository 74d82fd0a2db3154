import type { Clock } from '../../src/engine/context.ts';
import type { Scheduler } from './scheduler.ts';

const EPOCH = 1_800_000_000_000;

/** The person's computer: a wall clock that can be set, and timers that stand still while it sleeps. */
export class Machine {
  readonly scheduler: Scheduler;
  #wallOffset = 0;
  #slept = 0;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  now = (): number => EPOCH + this.scheduler.now + this.#wallOffset;
  monotonic = (): number => this.scheduler.now - this.#slept;

  sleep(milliseconds: number): void {
    this.#slept += milliseconds;
    this.scheduler.freezeMachine(milliseconds);
  }

  setClock(byMs: number): void {
    this.#wallOffset += byMs;
  }
}

/** One life of the daemon. Once it is dead none of its timers fires and no answer reaches it. */
export class Process {
  readonly #machine: Machine;
  isAlive = true;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  after = (milliseconds: number, run: () => void): (() => void) =>
    this.#machine.scheduler.after(milliseconds, 'machine', () => {
      if (this.isAlive) run();
    });

  get clock(): Clock {
    const { now, monotonic } = this.#machine;
    return { now, monotonic, sleep: this.sleep };
  }

  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        if (this.isAlive) resolve();
        return;
      }
      const wake = (): void => {
        cancel();
        signal?.removeEventListener('abort', wake);
        if (this.isAlive) resolve();
      };
      const cancel = this.after(milliseconds, wake);
      signal?.addEventListener('abort', wake);
    });
}
