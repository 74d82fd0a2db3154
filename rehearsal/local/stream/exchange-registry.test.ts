import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { type AgentClientMessage, AgentClientMessageSchema } from '../proto/stream_pb.ts';
import { ExchangeRegistry } from './exchange-registry.ts';

const heartbeat = () =>
  create(AgentClientMessageSchema, { message: { case: 'clientHeartbeat', value: {} } });
const request = () =>
  create(AgentClientMessageSchema, { message: { case: 'runRequest', value: {} } });

it('joins a stream with the messages that came before it and those after, in their order', () => {
  const registry = new ExchangeRegistry();
  const seen: AgentClientMessage['message']['case'][] = [];
  registry.append('one', 1, heartbeat());
  registry.append('one', 0, request());
  registry.append('two', 0, heartbeat());
  registry.subscribe('one', ({ message }) => seen.push(message.case));
  expect(seen).toEqual(['runRequest', 'clientHeartbeat']);
  registry.append('one', 2, heartbeat());
  expect(seen).toHaveLength(3);
  expect(registry.openStreams).toBe(1);
});

it('keeps nothing for a stream that has ended', () => {
  const registry = new ExchangeRegistry();
  let seen = 0;
  registry.subscribe('one', () => {
    seen += 1;
  });
  registry.close('one');
  registry.append('one', 0, request());
  expect([seen, registry.openStreams]).toEqual([0, 0]);
});
