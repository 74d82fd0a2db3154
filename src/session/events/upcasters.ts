import { withoutUnknownFields } from './upcast-workflow-snapshot.ts';

/**
 * Every type of event has its own version, from 1. Where its shape changes, the step from the shape before stands here,
 * and stays: an event of any version is brought to today's step by step. A step is pure and never throws for what was
 * stored once; what it gives is checked against today's schema. Each step brings a journal of the version before it as
 * a fixture (`tests/fixtures`).
 */
export type Upcaster = (stored: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** The steps of each type that has changed: the first from version 1 to 2, and so on. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/**
 * Version 2 speaks of threads and turns, and says the runtime, the account and the round. Before it, every attempt ran
 * on Cursor's cloud, with the account of its session, and in the only round that there was. Transcripts need no step:
 * what is stored of an item names no thread or turn.
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

/** The version in which events of a type are written today. */
export function versionOf(type: string, chains: Upcasters = upcasters): number {
  return 1 + (chains[type]?.length ?? 0);
}

/** A stored event in today's shape. Null when it is of a later version than this program knows. */
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
