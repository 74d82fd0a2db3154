import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { type AgentClientMessage, AgentClientMessageSchema } from '../proto/stream_pb.ts';
import { ExchangeBoard } from './exchange-board.ts';

const heartbeat = () =>
  create(AgentClientMessageSchema, { message: { case: 'clientHeartbeat', value: {} } });
const request = () =>
  create(AgentClientMessageSchema, { message: { case: 'runRequest', value: {} } });

it('joins a stream with the messages that came before it and those after, in their order', () => {
  const board = new ExchangeBoard();
  const seen: AgentClientMessage['message']['case'][] = [];
  board.append('one', 1, heartbeat());
  board.append('one', 0, request());
  board.append('two', 0, heartbeat());
  board.listen('one', ({ message }) => seen.push(message.case));
  expect(seen).toEqual(['runRequest', 'clientHeartbeat']);
  board.append('one', 2, heartbeat());
  expect(seen).toHaveLength(3);
  expect(board.openStreams).toBe(1);
});

it('keeps nothing for a stream that has ended', () => {
  const board = new ExchangeBoard();
  let seen = 0;
  board.listen('one', () => {
    seen += 1;
  });
  board.close('one');
  board.append('one', 0, request());
  expect([seen, board.openStreams]).toEqual([0, 0]);
});
