import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AgentServerMessageSchema } from '../proto/stream_pb.ts';
import type { TurnError } from '../wire/connect-error.ts';

export type ServerMessage = NonNullable<
  MessageInitShape<typeof AgentServerMessageSchema>['message']
>;

/** How to deliver one message, and how the stream is interrupted after it, if it is. */
export type Delivery = {
  readonly bytes: Uint8Array;
  readonly waitMs?: number;
  readonly interruption?: 'reset' | 'end' | 'silence';
  readonly error?: TurnError;
};
