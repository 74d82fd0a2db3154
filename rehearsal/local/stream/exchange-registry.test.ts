import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { type AgentClientMessage, AgentClientMessageSchema } from '../proto/stream_pb.ts';
import { ExchangeRegistry } from './exchange-registry.ts';

const heartbeat = () =>
  create(AgentClientMessageSchema, { message: { case: 'clientHeartbeat', value: {} } });
const request = () =>
  create(AgentClientMessageSchema, { message: { case: 'runRequest', value: {} } });

it('delivers the messages from before and after the start of a stream, in order', () => {
  const registry = new ExchangeRegistry();
  const received: AgentClientMessage['message']['case'][] = [];
  registry.append('one', 1, heartbeat());
  registry.append('one', 0, request());
  registry.append('two', 0, heartbeat());
  registry.subscribe('one', ({ message }) => received.push(message.case));
  expect(received).toEqual(['runRequest', 'clientHeartbeat']);
  registry.append('one', 2, heartbeat());
  expect(received).toHaveLength(3);
  expect(registry.openStreams).toBe(1);
});

it('discards messages for a stream that has ended', () => {
  const registry = new ExchangeRegistry();
  let received = 0;
  registry.subscribe('one', () => {
    received += 1;
  });
  registry.close('one');
  registry.append('one', 0, request());
  expect([received, registry.openStreams]).toEqual([0, 0]);
});
