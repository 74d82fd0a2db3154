import type { EventView } from '../../contract/event-views.ts';
import { itemOfEvent } from '../../transcript/event-item.ts';
import { cleanText } from '../terminal/text.ts';
import { readToolCall } from './tool-call.ts';

/** What an agent is doing at the moment, as its transcript tells it. */
export type AgentActivity = {
  readonly tool: {
    readonly callId: string;
    readonly name: string;
    readonly argument: string;
  } | null;
  readonly toolSince: string | null;
  /** The end of the agent's current text; only its last line is shown. */
  readonly saying: string;
};

export type Activity = ReadonlyMap<string, AgentActivity>;

/** What the tree needs next to the session: activity by agent, and whether the daemon answers. */
export type Live = {
  readonly activity: Activity;
  /** Milliseconds since the epoch when the daemon went away; null while it answers. */
  readonly awaySince: number | null;
};

export const nothingLive: Live = { activity: new Map(), awaySince: null };

const idle: AgentActivity = { tool: null, toolSince: null, saying: '' };

/** Enough for any last line that fits a screen. */
const SAYING_LIMIT = 2000;

/** Folds one event into what the agents are doing. Events of no interest give the same map back. */
export function foldActivity(activity: Activity, event: EventView): Activity {
  if (event.agentId === null) return activity;
  const before = activity.get(event.agentId) ?? idle;
  const after = next(before, event);
  if (after === before) return activity;
  return new Map(activity).set(event.agentId, after);
}

function next(before: AgentActivity, event: EventView): AgentActivity {
  if (event.type === 'LaunchIntended' || event.type === 'AgentSettled') return idle;
  const item = itemOfEvent(event);
  if (item?.kind === 'text')
    return { ...before, saying: (before.saying + item.text).slice(-SAYING_LIMIT) };
  // It is said again from its first word.
  if (item?.kind === 'retracted') return { ...before, saying: '' };
  if (item?.kind !== 'tool-call') return before;
  const call = readToolCall(item);
  if (call.isRunning) {
    const toolSince = before.tool?.callId === call.callId ? before.toolSince : event.at;
    const { callId, name, argument } = call;
    return { tool: { callId, name, argument }, toolSince, saying: '' };
  }
  return before.tool?.callId === call.callId ? { ...before, tool: null, toolSince: null } : before;
}

/** The last line that has words in it; empty when there is none. */
export function lastLine(saying: string): string {
  const lines = cleanText(saying)
    .split('\n')
    .map((text) => text.trim());
  return lines.findLast((text) => text !== '') ?? '';
}
