import type { Supervisor } from './agent/supervisor.ts';
import type { VariableStore } from './agent/variable-store.ts';
import type { Clock } from './clock.ts';
import type { FaultRegistry } from './faults/fault-registry.ts';
import type { ExchangeRegistry } from './local/stream/exchange-registry.ts';
import type { RehearsalOptions } from './options.ts';
import type { ScriptRegistry } from './scripts/script-registry.ts';
import type { Store } from './store/store.ts';
import type { StreamHub } from './stream/hub.ts';

/** The running rehearsal cloud, as the request handlers use it. */
export type Rehearsal = {
  readonly options: RehearsalOptions;
  readonly store: Store;
  readonly clock: Clock;
  readonly hub: StreamHub;
  readonly supervisor: Supervisor;
  readonly faults: FaultRegistry;
  readonly scripts: ScriptRegistry;
  readonly variables: VariableStore;
  /** Open streams of the SDK's local mode, and the messages that clients sent to them. */
  readonly exchanges: ExchangeRegistry;
  /** This server's own address, without a trailing slash. */
  readonly origin: () => string;
  /** Signs download links; stored in the home folder. */
  readonly linkKey: string;
  /** Aborted when the server closes, to end open streams. */
  readonly closing: AbortSignal;
};
