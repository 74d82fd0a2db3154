import { withoutUnknownFields } from './upcast-workflow-snapshot.ts';

/**
 * Converts a stored event from one version of its type to the next. Versions start at 1, and an event of any version is
 * converted step by step. An upcaster is pure, is never changed after its release, and never throws for an event that was
 * once stored; its result is validated against the current schema. Each one is tested with a journal of the previous
 * version (`tests/fixtures`).
 */
export type Upcaster = (stored: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The upcasters of each type that has changed: the first one converts version 1 to 2, and so on. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/**
 * Version 2 has threads and turns, and records the runtime, the account and the round. In version 1, every attempt ran
 * on Cursor's cloud, with the account of its session, in round 1. Transcript events need no upcaster, because their stored
 * form contains neither thread nor turn.
 */
const withTurn: Upcaster = ({ cursorAgentId, cursorRunId, ...event }) => ({
  ...event,
  ...(cursorAgentId === undefined ? {} : { threadId: cursorAgentId }),
  ...(cursorRunId === undefined ? {} : { turnId: cursorRunId }),
});
const withRound: Upcaster = (event) => ({ ...withTurn(event), round: 1 });
const withRuntime: Upcaster = (event) => ({
  ...withRound(event),
  runtime: 'cursor-cloud',
  account: null,
});

const upcasters: Upcasters = {
  SessionStarted: [withoutUnknownFields],
  LaunchIntended: [withRuntime],
  LaunchDeferred: [withRound],
  LaunchUncertain: [withRound],
  Launched: [withRound],
  LaunchRejected: [withRound],
  HandoffStored: [withRound],
  FollowUpIntended: [withRound],
  FollowUpSent: [withTurn],
  AgentSettled: [withRound],
  RetryRequested: [withRound],
  RunObserved: [withTurn],
  RunEnded: [withTurn],
  EndChecked: [withTurn],
  StreamGap: [withTurn],
  StreamEnded: [withTurn],
  UsageReported: [withTurn],
};

/** The version in which new events of a type are written. */
export function versionOf(type: string, chains: Upcasters = upcasters): number {
  return 1 + (chains[type]?.length ?? 0);
}

/** A stored event in its current shape; null if it was written by a later version of the program. */
export function upcast(
  type: string,
  version: number,
  stored: Readonly<Record<string, unknown>>,
  chains: Upcasters = upcasters,
): Record<string, unknown> | null {
  if (version > versionOf(type, chains)) return null;
  const steps = chains[type]?.slice(version - 1) ?? [];
  return steps.reduce<Record<string, unknown>>((event, step) => step(event), { ...stored });
}
