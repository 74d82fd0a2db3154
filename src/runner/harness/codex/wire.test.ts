import { expect, it } from 'vitest';
import { readNotification } from './wire.ts';

it('reads the notifications that it knows, and leaves the others and damaged ones alone', () => {
  const params = { threadId: 't', turnId: 'u', itemId: 'i', delta: 'word' };
  expect(readNotification('item/agentMessage/delta', params)).toEqual({
    method: 'item/agentMessage/delta',
    params,
  });
  expect(readNotification('item/agentMessage/delta', { delta: 1 })).toBeNull();
  expect(readNotification('account/rateLimits/updated', {})).toBeNull();
  expect(readNotification('toString', {})).toBeNull();
});
