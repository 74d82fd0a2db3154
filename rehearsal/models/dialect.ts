import type { z } from 'zod';
import type { Conversation } from './conversation.ts';
import type { ModelReply } from './parts.ts';
import type { Toolbox } from './toolbox.ts';

/** A frame of a streamed response. */
export type DataFrame = {
  readonly kind: 'data';
  readonly event?: string;
  readonly data: string;
  /** Whether it is a piece of text, thinking or arguments, after which the stream is paced. */
  readonly isDelta?: boolean;
};

export type Frame =
  | DataFrame
  /** A pause in simulated time. */
  | { readonly kind: 'wait'; readonly durationMs: number };

/** An error of a model API. */
export type ModelError = {
  readonly status: number;
  /** The API's error code; if absent, it is derived from the status. */
  readonly code?: string;
  readonly message: string;
};

/** An error response to an invalid request. */
export class ModelApiError extends Error {
  override readonly name = 'ModelApiError';
  readonly error: ModelError;

  constructor(error: ModelError) {
    super(error.message);
    this.error = error;
  }
}

/** Parses the body of a request. Throws `ModelApiError` with status 400 if it is invalid. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  code?: string,
): z.infer<Schema> {
  const request = schema.safeParse(body);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  const message = `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is not valid'}`;
  throw new ModelApiError({ status: 400, message, ...(code === undefined ? {} : { code }) });
}

export type ModelRequest = {
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
};

/** One of the model APIs: how to parse its requests, write its responses, and use the tools of its clients. */
export interface Dialect {
  /** Throws `ModelApiError` for an invalid request. */
  read(request: ModelRequest): Conversation;
  /** Returns the answer to an auxiliary request, such as one for a title; `undefined` for all other requests. */
  auxiliaryAnswer?(request: ModelRequest): string | undefined;
  toolbox(conversation: Conversation): Toolbox;
  frames(reply: ModelReply, conversation: Conversation): Iterable<Frame>;
  /** Like `frames`, without the frames that end the message. */
  framesBeforeEnd(reply: ModelReply, conversation: Conversation): Iterable<Frame>;
  /** The response to a request without streaming. */
  completeResponse(reply: ModelReply, conversation: Conversation): unknown;
  /** The body of an error response. */
  errorBody(error: ModelError): unknown;
  /** An error inside a stream. */
  errorFrame(error: ModelError): Frame;
  /** Keeps an idle stream alive. */
  readonly pingFrame: Frame;
}
