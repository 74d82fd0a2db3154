import type { ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { HostThread, HostTurn, TurnEnd } from './harness.ts';

/** What a harness makes of a turn, before it has a name. */
export type NewItem = Omit<RawItem, 'id'>;

/** A tool call before it runs, as a harness knows it. Without a folder it is the thread's working folder. */
export type NewToolRequest = Omit<ToolRequest, 'requestId' | 'folder'> &
  Partial<Pick<ToolRequest, 'folder'>>;

/** Where a turn's items go: to the runner, in order. */
export type TurnSink = {
  /** Names the items and hands them over. Settles when there is room for more: a harness that waits for it is held back. */
  add(items: readonly NewItem[]): Promise<void>;
  /** Text and thinking between two marks no longer counts, because the harness says it again. */
  retract(after: number, upTo: number): void;
  /** A place between items. */
  mark(): number;
  /**
   * Asks whether a tool call may run: for every call, before it runs, those that only read too. What the thread's
   * permissions or an earlier answer decide is answered at once; for the rest a person is asked, and it waits as long
   * as that takes. `signal`: nobody needs the answer anymore. Never rejects: a call that is withdrawn, or that ends
   * with its turn, is denied. A denied call gets the note as its result, and the turn continues.
   */
  ask(request: NewToolRequest, signal: AbortSignal): Promise<ToolAnswer>;
};

/** One thread that a harness holds open in this process. One turn at a time. */
export interface HarnessThread {
  /** Settles with the one end that the turn has; throws only for bugs. `signal`: it is to be cancelled. */
  runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd>;
  close(): Promise<void>;
}

/** Takes up or begins a thread. Throws `HarnessError` where that cannot be done. */
export type OpenThread = (thread: HostThread) => Promise<HarnessThread>;

/**
 * What the harness's own record has of a thread's tool calls, oldest first, once no process of the thread is left: a
 * harness may have continued after its host was gone. Calls whose outcome nobody knows have a beginning and no end.
 */
export type ReadHistory = (
  thread: Pick<HostThread, 'threadId' | 'storeFolder' | 'connection'>,
) => Promise<readonly NewItem[]>;
