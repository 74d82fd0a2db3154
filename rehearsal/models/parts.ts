import type { PastCall } from './conversation.ts';
import type { ToolInput } from './toolbox.ts';

/** A part of a model's next message, in the order of the stream. */
export type Part =
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Many words without a pause, for load tests. */
  | { readonly kind: 'chatter'; readonly count: number }
  /** A pause in simulated time. */
  | { readonly kind: 'wait'; readonly durationMs: number }
  | { readonly kind: 'call'; readonly call: ToolInput };

/** Ends the message with an error. */
export type Failure = { readonly kind: 'failure'; readonly message: string };

/** The structured answer, which replaces the text of the message. */
export type Answer = { readonly kind: 'answer'; readonly text: string };

/** Yields parts, and receives the result of each call that it yields. */
export type PartGenerator<Result = void> = Generator<
  Part | Failure | Answer,
  Result,
  PastCall | undefined
>;

/** The model's next message. */
export type ModelReply = {
  readonly parts: readonly Part[];
  readonly failure?: string;
  readonly usage: ModelUsage;
};

export type ModelUsage = {
  /** Tokens that were neither read from a cache nor written to it. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** Included in the output tokens. */
  readonly reasoningTokens: number;
};
