import type { TokenUsage } from '../store/records.ts';

/** One frame of the stream, without its id. */
export type Frame = { readonly event: string; readonly data: unknown };

/**
 * The frames of a stream that share one id. Cursor sends the simplified frame first and its `interaction_update` twin
 * second.
 */
export type StreamEvent = { readonly hasId: boolean; readonly frames: readonly Frame[] };

const update = (data: object): Frame => ({ event: 'interaction_update', data });
const single = (data: object): StreamEvent => ({ hasId: true, frames: [update(data)] });
const pair = (event: string, data: object, twin: object): StreamEvent => ({
  hasId: true,
  frames: [{ event, data }, update(twin)],
});

export const textDelta = (text: string): StreamEvent =>
  pair('assistant', { text }, { type: 'text-delta', text });

export const thinkingDelta = (text: string): StreamEvent =>
  pair('thinking', { text }, { type: 'thinking-delta', text });

export const thinkingCompleted = (thinkingDurationMs: number): StreamEvent =>
  single({ type: 'thinking-completed', thinkingDurationMs });

export const tokenDelta = (tokens: number): StreamEvent => single({ type: 'token-delta', tokens });

export const stepStarted = (stepId: number): StreamEvent =>
  single({ type: 'step-started', stepId });

export const stepCompleted = (stepId: number, stepDurationMs: number): StreamEvent =>
  single({ type: 'step-completed', stepId, stepDurationMs });

/** The SDK's schema for `userMessage` is strict: it accepts exactly these keys. */
export const userMessageAppended = (runId: string, text: string): StreamEvent =>
  single({
    type: 'user-message-appended',
    userMessage: { type: 'user_message', session_id: runId, text },
  });

export const turnEnded = (usage: TokenUsage): StreamEvent => single({ type: 'turn-ended', usage });

/** Status frames have no id, so they never move a reader's cursor. */
export const statusChanged = (runId: string, status: string): StreamEvent => ({
  hasId: false,
  frames: [{ event: 'status', data: { runId, status } }],
});

/** `done` has the id of the `result` before it. */
export const ended = (result: object): StreamEvent => ({
  hasId: true,
  frames: [
    { event: 'result', data: result },
    { event: 'done', data: {} },
  ],
});
