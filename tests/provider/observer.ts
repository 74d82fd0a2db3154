import type { FollowObserver, TurnFact } from '../../src/runtimes/follow-types.ts';
import type { RawItem } from '../../src/transcript/item.ts';

/** Writes down everything that a follower says, and lets a test wait for a moment in it. */
export type Recording = FollowObserver & {
  readonly items: RawItem[];
  readonly cursors: string[];
  readonly facts: TurnFact[];
  readonly gaps: string[];
  readonly connections: string[];
  /** Why, next to each of them. */
  readonly reasons: (string | undefined)[];
  until(isReached: () => boolean): Promise<void>;
  /** Items as the journal keeps them: unique by id and kind. */
  kept(): RawItem[];
};

export function record(): Recording {
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const check of waiting) check();
  };
  const recording: Recording = {
    items: [],
    cursors: [],
    facts: [],
    gaps: [],
    connections: [],
    reasons: [],
    onItems({ items, cursor }) {
      recording.items.push(...items);
      if (cursor !== undefined) recording.cursors.push(cursor);
      changed();
    },
    onFact(fact) {
      recording.facts.push(fact);
      changed();
    },
    onGap({ reason }) {
      recording.gaps.push(reason);
      changed();
    },
    onConnection(connection, reason) {
      recording.connections.push(connection);
      recording.reasons.push(reason);
      changed();
    },
    until: (isReached) =>
      new Promise((resolve) => {
        const check = () => {
          if (!isReached()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    kept() {
      const known = new Set<string>();
      return recording.items.filter(({ id, kind }) => {
        const key = `${id} ${kind}`;
        if (id === undefined || known.has(key)) return false;
        known.add(key);
        return true;
      });
    },
  };
  return recording;
}
