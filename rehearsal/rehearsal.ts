import type { Supervisor } from './agent/supervisor.ts';
import type { Variables } from './agent/variables.ts';
import type { Clock } from './clock.ts';
import type { FaultBoard } from './faults/board.ts';
import type { ExchangeBoard } from './local/stream/exchange-board.ts';
import type { RehearsalOptions } from './options.ts';
import type { ScriptBoard } from './scripts/board.ts';
import type { Store } from './store/store.ts';
import type { StreamHub } from './stream/hub.ts';

/** What the request handlers work with. */
export type Rehearsal = {
  readonly options: RehearsalOptions;
  readonly store: Store;
  readonly clock: Clock;
  readonly hub: StreamHub;
  readonly supervisor: Supervisor;
  readonly faults: FaultBoard;
  readonly scripts: ScriptBoard;
  readonly variables: Variables;
  /** Open streams of the SDK's local mode. */
  readonly exchanges: ExchangeBoard;
  /** Own address, without a slash at the end. */
  readonly origin: () => string;
  /** Signs download links; lives as long as the home. */
  readonly linkKey: string;
  /** Streams that are open, to be closed with the server. */
  readonly closing: AbortSignal;
};
