import type { Conversation } from './conversation.ts';
import type { ModelReply } from './parts.ts';
import type { Toolbox } from './toolbox.ts';

/** A piece of a streamed answer. */
export type Frame =
  | {
      readonly kind: 'data';
      readonly event?: string;
      readonly data: string;
      /** A piece of text, thinking or arguments: the chosen pace is kept after it. */
      readonly isDelta?: boolean;
    }
  /** Of the rehearsal cloud's time. */
  | { readonly kind: 'wait'; readonly durationMs: number };

/** An error as a model's API tells it. */
export type ModelError = {
  readonly status: number;
  /** In the words of the API where there is one, otherwise made from the status. */
  readonly code?: string;
  readonly message: string;
};

/** A request that is refused before anything is thought about. */
export class ModelApiError extends Error {
  override readonly name = 'ModelApiError';
  readonly error: ModelError;

  constructor(error: ModelError) {
    super(error.message);
    this.error = error;
  }
}

export type ModelRequest = {
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
};

/** One of the model APIs: how it asks, how it answers, and which tools its clients offer. */
export interface Dialect {
  /** Throws `ModelApiError` for a request that the API does not take. */
  read(request: ModelRequest): Conversation;
  /** A request that belongs to the conversation's surroundings, such as a title for it; its whole answer as text. */
  auxiliaryAnswer?(request: ModelRequest): string | undefined;
  toolbox(conversation: Conversation): Toolbox;
  frames(reply: ModelReply, conversation: Conversation): Iterable<Frame>;
  /** The same without the frames that end the message. */
  framesBeforeEnd(reply: ModelReply, conversation: Conversation): Iterable<Frame>;
  /** The answer to a request that does not want a stream. */
  completeResponse(reply: ModelReply, conversation: Conversation): unknown;
  /** The body of an error response. */
  errorBody(error: ModelError): unknown;
  /** An error in the middle of a stream. */
  errorFrame(error: ModelError): Frame;
  /** Keeps a quiet stream alive. */
  readonly pingFrame: Frame;
}
