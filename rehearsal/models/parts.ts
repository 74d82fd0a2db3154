import type { PastCall } from './conversation.ts';
import type { ToolInput } from './toolbox.ts';

/** A piece of what a model does next, in the order in which it is streamed. */
export type Part =
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Many words as fast as they are read, for load tests. */
  | { readonly kind: 'chatter'; readonly count: number }
  /** Of the rehearsal cloud's time. */
  | { readonly kind: 'wait'; readonly durationMs: number }
  | { readonly kind: 'call'; readonly call: ToolInput };

/** The model's part of the conversation ends here, with an error. */
export type Failure = { readonly kind: 'failure'; readonly message: string };

/** The structured answer, which replaces what the message would say. */
export type Answer = { readonly kind: 'answer'; readonly text: string };

/** A piece of work: yields parts, and gets the result of each call that it yields. */
export type PartGenerator<Result = void> = Generator<
  Part | Failure | Answer,
  Result,
  PastCall | undefined
>;

/** The next message of the model. */
export type ModelReply = {
  readonly parts: readonly Part[];
  readonly failure?: string;
  readonly usage: ModelUsage;
};

export type ModelUsage = {
  /** Neither read from a cache nor written to it. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** A part of the output. */
  readonly reasoningTokens: number;
};
