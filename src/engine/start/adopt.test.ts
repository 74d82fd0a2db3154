import { expect, test } from 'vitest';
import type { ProviderErrorCode } from '../../runtimes/provider-error.ts';
import { adoptAgent } from './adopt.ts';

/** Adopts an agent that the cloud refuses to show. */
const refusedWith = async (code: ProviderErrorCode) =>
  adoptAgent(
    // Only what a refused adoption touches.
    {
      journal: { attemptByThread: () => null },
      runtime: () => ({
        readThread: async () => ({ ok: false, error: { code, message: 'Agent not found' } }),
      }),
    } as never,
    'bc-1',
    null,
  );

test('an agent that the cloud does not know is named, with how to find others', async () => {
  expect(await refusedWith('not_found')).toEqual({
    ok: false,
    error: {
      code: 'not_found',
      message: 'Cursor knows no agent "bc-1" in this account.',
      suggestion: 'List the agents that can be adopted with `cerevisor orphans`.',
    },
  });
  expect(await refusedWith('invalid_request')).toMatchObject({
    error: { message: expect.stringContaining('"bc-1" is not the id of an agent') },
  });
});

test('other failures are those of the cloud', async () => {
  expect(await refusedWith('unauthorized')).toMatchObject({
    error: { code: 'unauthorized', message: 'Agent not found' },
  });
});
