import type { Runtime, RuntimeId } from './port.ts';

/** The runtimes of this machine, by their ids. */
export type RuntimeRegistry = {
  /** @throws when this machine has no such runtime: nothing of its attempts can be known here. */
  runtime(id: RuntimeId): Runtime;
  runtimes(): readonly Runtime[];
};

/** Each is asked for by its function at every use: a new key makes a new runtime. */
export function createRegistry(
  known: Readonly<Partial<Record<RuntimeId, () => Runtime>>>,
): RuntimeRegistry {
  return {
    runtime(id) {
      const runtime = known[id]?.();
      if (runtime === undefined) throw new Error(`This machine has no runtime "${id}"`);
      return runtime;
    },
    runtimes: () => Object.values(known).map((runtime) => runtime()),
  };
}
