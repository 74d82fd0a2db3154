import type { TokenUsage } from '../store/records.ts';

/** One line pair of the stream, before it has an id. */
export type Frame = { readonly event: string; readonly data: unknown };

/**
 * What happens at one point of a stream: the frames that share one id, in their order on the wire. Cursor sends
 * the simplified frame first and its `interaction_update` twin second.
 */
export type Moment = { readonly hasId: boolean; readonly frames: readonly Frame[] };

const update = (data: object): Frame => ({ event: 'interaction_update', data });
const alone = (data: object): Moment => ({ hasId: true, frames: [update(data)] });
const pair = (event: string, data: object, twin: object): Moment => ({
  hasId: true,
  frames: [{ event, data }, update(twin)],
});

export const textDelta = (text: string): Moment =>
  pair('assistant', { text }, { type: 'text-delta', text });

export const thinkingDelta = (text: string): Moment =>
  pair('thinking', { text }, { type: 'thinking-delta', text });

export const thinkingCompleted = (thinkingDurationMs: number): Moment =>
  alone({ type: 'thinking-completed', thinkingDurationMs });

export const tokenDelta = (tokens: number): Moment => alone({ type: 'token-delta', tokens });

export const stepStarted = (stepId: number): Moment => alone({ type: 'step-started', stepId });

export const stepCompleted = (stepId: number, stepDurationMs: number): Moment =>
  alone({ type: 'step-completed', stepId, stepDurationMs });

/** The SDK's schema for `userMessage` is strict: exactly these keys. */
export const userMessageAppended = (runId: string, text: string): Moment =>
  alone({
    type: 'user-message-appended',
    userMessage: { type: 'user_message', session_id: runId, text },
  });

export const turnEnded = (usage: TokenUsage): Moment => alone({ type: 'turn-ended', usage });

/** Status frames carry no id, so they never move a reader's cursor. */
export const statusChanged = (runId: string, status: string): Moment => ({
  hasId: false,
  frames: [{ event: 'status', data: { runId, status } }],
});

/** `done` carries the id of the `result` before it. */
export const ended = (result: object): Moment => ({
  hasId: true,
  frames: [
    { event: 'result', data: result },
    { event: 'done', data: {} },
  ],
});
