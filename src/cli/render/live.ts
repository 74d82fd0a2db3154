import type { EventView } from '../../contract/event-views.ts';
import { itemOfEvent } from '../../transcript/event-item.ts';
import { cleanText } from '../terminal/text.ts';
import { readToolCall } from './tool-call.ts';

/** What an agent is currently doing, derived from its transcript. */
export type AgentActivity = {
  readonly tool: {
    readonly callId: string;
    readonly name: string;
    readonly argument: string;
  } | null;
  readonly toolSince: string | null;
  /** The end of the agent's current text; only its last line is shown. */
  readonly recentText: string;
};

export type Activity = ReadonlyMap<string, AgentActivity>;

/** What the tree needs in addition to the session: activity by agent, and whether the daemon responds. */
export type LiveState = {
  readonly activity: Activity;
  /** Milliseconds since the epoch when the daemon stopped responding; null while it responds. */
  readonly unreachableSince: number | null;
};

export const emptyLiveState: LiveState = { activity: new Map(), unreachableSince: null };

const idle: AgentActivity = { tool: null, toolSince: null, recentText: '' };

/** Enough for any last line that fits a screen. */
const RECENT_TEXT_LENGTH = 2000;

/** Applies an event to the activity. Returns the same map if nothing changes. */
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
    return { ...before, recentText: (before.recentText + item.text).slice(-RECENT_TEXT_LENGTH) };
  // The text is streamed again from its start.
  if (item?.kind === 'retracted') return { ...before, recentText: '' };
  if (item?.kind !== 'tool-call') return before;
  const call = readToolCall(item);
  if (call.isRunning) {
    const toolSince = before.tool?.callId === call.callId ? before.toolSince : event.at;
    const { callId, name, argument } = call;
    return { tool: { callId, name, argument }, toolSince, recentText: '' };
  }
  return before.tool?.callId === call.callId ? { ...before, tool: null, toolSince: null } : before;
}

/** The last line that is not blank; empty if there is none. */
export function lastLine(recentText: string): string {
  const lines = cleanText(recentText)
    .split('\n')
    .map((text) => text.trim());
  return lines.findLast((text) => text !== '') ?? '';
}
