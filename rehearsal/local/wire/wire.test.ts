import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ConversationStateStructureSchema } from '../proto/conversation_pb.ts';
import { ErrorDetailsSchema } from '../proto/transport_pb.ts';
import { streamError } from './connect-error.ts';
import { endEnvelope, firstMessage, messageEnvelope } from './envelope.ts';
import { MessageSequencer } from './message-sequencer.ts';

describe('the framing of streams', () => {
  it('reads complete messages only', () => {
    const message = Buffer.from('hello');
    const framed = messageEnvelope(message);
    expect(Buffer.from(firstMessage(framed) ?? [])).toEqual(message);
    expect(firstMessage(framed.subarray(0, -1))).toBeUndefined();
    expect(firstMessage(Buffer.alloc(3))).toBeUndefined();
  });

  it('ends a stream with an error whose details the SDK can decode', () => {
    const error = streamError({
      code: 'resource_exhausted',
      message: 'Slow down',
      details: { error: 'RATE_LIMITED', title: 'Slow down.', detail: 'Wait.', isRetryable: false },
    });
    const bytes = endEnvelope(error);
    expect(bytes[0]).toBe(2);
    const { error: sent } = JSON.parse(bytes.subarray(5).toString('utf8')) as {
      error: { code: string; details: { type: string; value: string }[] };
    };
    expect(sent.code).toBe('resource_exhausted');
    expect(sent.details[0]?.value).not.toMatch(/=$/);
    const details = fromBinary(
      ErrorDetailsSchema,
      Buffer.from(sent.details[0]?.value ?? '', 'base64'),
    );
    expect(details).toMatchObject({ error: 50, details: { isRetryable: false } });
  });
});

describe('AppendOrder', () => {
  it('returns each message once and in order', () => {
    const order = new MessageSequencer<string>();
    expect(order.accept(1, 'b')).toEqual([]);
    expect(order.accept(0, 'a')).toEqual(['a', 'b']);
    expect(order.accept(1, 'b again')).toEqual([]);
    expect(order.accept(2, 'c')).toEqual(['c']);
  });
});

it('preserves unknown fields of a checkpoint', () => {
  const known = toBinary(
    ConversationStateStructureSchema,
    create(ConversationStateStructureSchema, { turns: [new Uint8Array([1])] }),
  );
  // Field 22, a string: `agent_type`, which is not in our `.proto` file.
  const sent = Buffer.concat([known, Buffer.from([0xb2, 0x01, 0x02, 0x68, 0x69])]);
  const state = fromBinary(ConversationStateStructureSchema, sent);
  state.turns = [...state.turns, new Uint8Array([2])];
  const back = Buffer.from(toBinary(ConversationStateStructureSchema, state));
  expect(back.includes(Buffer.from([0xb2, 0x01, 0x02, 0x68, 0x69]))).toBe(true);
});
