import type { RawItem } from '../../transcript/item.ts';
import type { HostThread, HostTurn, TurnEnd } from './harness.ts';

/** What a harness makes of a turn, before it has a name. */
export type NewItem = Omit<RawItem, 'id'>;

/** Where a turn's items go: to the runner, in order. */
export type TurnSink = {
  /** Names the items and hands them over. Settles when there is room for more: a harness that waits for it is held back. */
  add(items: readonly NewItem[]): Promise<void>;
  /** Text and thinking between two marks no longer counts, because the harness says it again. */
  retract(after: number, upTo: number): void;
  /** A place between items. */
  mark(): number;
};

/** One thread that a harness holds open in this process. One turn at a time. */
export interface HarnessThread {
  /** Settles with the one end that the turn has; throws only for bugs. `signal`: it is to be cancelled. */
  runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd>;
  close(): Promise<void>;
}

/** Takes up or begins a thread. Throws `HarnessError` where that cannot be done. */
export type OpenThread = (thread: HostThread) => Promise<HarnessThread>;
