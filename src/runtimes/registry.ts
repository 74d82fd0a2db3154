import type { Runtime, RuntimeId } from './port.ts';

/** The runtimes of this machine, by their ids. */
export type RuntimeRegistry = {
  /** @throws if this machine has no such runtime */
  runtime(id: RuntimeId): Runtime;
  runtimes(): readonly Runtime[];
};

/** The factories are called at every use, because a new key makes a new runtime. */
export function createRegistry(
  factories: Readonly<Partial<Record<RuntimeId, () => Runtime>>>,
): RuntimeRegistry {
  return {
    runtime(id) {
      const runtime = factories[id]?.();
      if (runtime === undefined) throw new Error(`This machine has no runtime "${id}"`);
      return runtime;
    },
    runtimes: () => Object.values(factories).map((runtime) => runtime()),
  };
}
