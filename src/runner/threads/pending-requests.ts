import type { LogRecord } from '../log/record.ts';

/** Identifies a call of a turn. Harnesses may use the same call id in several turns. */
export const callKey = (turnId: string, callId: string): string => `${turnId} ${callId}`;

/**
 * Calls that cannot have started, because they were waiting for permission when their turn ended, or because permission
 * was denied. Read from the log in order.
 */
export class PendingRequests {
  /** By request id. */
  readonly #waiting = new Map<string, string>();
  readonly #denied = new Set<string>();
  /** Requests that were withdrawn, by turn. If the turn goes on, its harness may have run their calls in another way. */
  readonly #withdrawn = new Map<string, Set<string>>();

  read(record: LogRecord): void {
    switch (record.type) {
      case 'request': {
        const { requestId, callId } = record.request;
        if (callId !== undefined) this.#waiting.set(requestId, callKey(record.turnId, callId));
        return;
      }
      case 'request-answered': {
        const key = this.#take(record.requestId);
        if (key !== undefined && record.answer.decision === 'deny') this.#denied.add(key);
        return;
      }
      case 'request-withdrawn': {
        const key = this.#take(record.requestId);
        const others = this.#withdrawn.get(record.turnId) ?? [];
        if (key !== undefined) this.#withdrawn.set(record.turnId, new Set([...others, key]));
        return;
      }
      case 'item':
        this.#withdrawn.delete(record.turnId);
        return;
      default:
    }
  }

  /** Why a call did not start; null if it may have. */
  reasonFor(key: string): 'waiting' | 'denied' | null {
    if (this.#denied.has(key)) return 'denied';
    const isWaiting =
      [...this.#waiting.values()].includes(key) ||
      [...this.#withdrawn.values()].some((keys) => keys.has(key));
    return isWaiting ? 'waiting' : null;
  }

  #take(requestId: string): string | undefined {
    const key = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    return key;
  }
}
