import { create, toBinary } from '@bufbuild/protobuf';
import {
  type ConnectCode,
  type ErrorName,
  errorNumbers,
  statusOfConnectCode,
} from '../../faults/connect-codes.ts';
import { ErrorDetailsSchema } from '../proto/transport_pb.ts';

export type TurnError = {
  readonly code: ConnectCode;
  readonly message: string;
  readonly details?:
    | {
        readonly error?: ErrorName | undefined;
        readonly title?: string | undefined;
        readonly detail?: string | undefined;
        readonly isRetryable?: boolean | undefined;
      }
    | undefined;
};

/** The error in the form that ends a stream. With details, the SDK shows "title detail" instead of the message. */
export function streamError({ code, message, details }: TurnError): object {
  if (details === undefined) return { code, message };
  const { error, title = '', detail = '', isRetryable } = details;
  const value = create(ErrorDetailsSchema, {
    error: error === undefined ? 0 : errorNumbers[error],
    details: { title, detail, ...(isRetryable === undefined ? {} : { isRetryable }) },
  });
  // Connect encodes bytes as base64 without padding.
  const base64 = Buffer.from(toBinary(ErrorDetailsSchema, value)).toString('base64');
  const encoded = base64.replace(/=+$/, '');
  return { code, message, details: [{ type: 'aiserver.v1.ErrorDetails', value: encoded }] };
}

/** The response to a failed unary call. */
export const unaryError = (code: ConnectCode, message: string): Response =>
  Response.json({ code, message }, { status: statusOfConnectCode(code) });
