import type { ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { HostThread, HostTurn, TurnEnd } from './harness.ts';

/** A transcript item of a turn, before it has an id. */
export type NewItem = Omit<RawItem, 'id'>;

/** A tool call that needs permission. `folder` defaults to the thread's working folder. */
export type NewToolRequest = Omit<ToolRequest, 'requestId' | 'folder'> &
  Partial<Pick<ToolRequest, 'folder'>>;

/** Passes a turn's items and requests to the runner, in order. */
export type TurnSink = {
  /**
   * Assigns ids to the items and sends them. Resolves when there is room for more, which slows down harnesses that
   * await it.
   */
  add(items: readonly NewItem[]): Promise<void>;
  /** Text and thinking between two marks no longer count, because the harness repeats them. */
  retract(after: number, upTo: number): void;
  /** A position between items. */
  mark(): number;
  /**
   * Asks whether a tool call may run; used for every call before it runs, including read-only ones. The thread's policy
   * and earlier answers decide at once; otherwise a person is asked, and the call waits as long as that takes.
   * `signal`: the answer is not needed anymore. Never rejects: a call that is withdrawn, or that ends with its turn, is
   * denied. The note of a denial is the result of the call, and the turn continues.
   */
  ask(request: NewToolRequest, signal: AbortSignal): Promise<ToolAnswer>;
};

/** A thread that is open in a harness. It runs one turn at a time. */
export interface HarnessThread {
  /** Resolves with the end of the turn; rejects only for bugs. `signal`: cancels the turn. */
  runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd>;
  close(): Promise<void>;
}

/** Resumes or starts a thread. Throws `HarnessError` if that is not possible. */
export type OpenThread = (thread: HostThread) => Promise<HarnessThread>;

/**
 * Reads a thread's tool calls from the harness's own history, oldest first. Called when no process of the thread is
 * left: a harness may have continued after its host had exited. A call with an unknown outcome has a start and no end.
 */
export type ReadHistory = (
  thread: Pick<HostThread, 'threadId' | 'storeFolder' | 'connection'>,
) => Promise<readonly NewItem[]>;
