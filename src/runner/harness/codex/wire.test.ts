import { expect, it } from 'vitest';
import { readNotification } from './wire.ts';

it('parses known notifications, and ignores unknown and invalid ones', () => {
  const params = { threadId: 't', turnId: 'u', itemId: 'i', delta: 'word' };
  expect(readNotification('item/agentMessage/delta', params)).toEqual({
    method: 'item/agentMessage/delta',
    params,
  });
  expect(readNotification('item/agentMessage/delta', { delta: 1 })).toBeNull();
  expect(readNotification('account/rateLimits/updated', {})).toBeNull();
  expect(readNotification('toString', {})).toBeNull();
});
