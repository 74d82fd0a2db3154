import type { FollowObserver, Frame, RunFact } from '../../src/providers/port.ts';

/** Writes down all that a follower says, and lets a test wait for a moment in it. */
export type Recording = FollowObserver & {
  readonly frames: Frame[];
  readonly cursors: string[];
  readonly facts: RunFact[];
  readonly gaps: string[];
  readonly connections: string[];
  /** Why, beside each of them. */
  readonly reasons: (string | undefined)[];
  until(isReached: () => boolean): Promise<void>;
  /** Frames as the journal keeps them: unique by id and event. */
  kept(): Frame[];
};

export function record(): Recording {
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const check of waiting) check();
  };
  const recording: Recording = {
    frames: [],
    cursors: [],
    facts: [],
    gaps: [],
    connections: [],
    reasons: [],
    onFrames({ frames, cursor }) {
      recording.frames.push(...frames);
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
      return recording.frames.filter(({ id, event }) => {
        const key = `${id} ${event}`;
        if (id === undefined || known.has(key)) return false;
        known.add(key);
        return true;
      });
    },
  };
  return recording;
}
