import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import { type LocalHarness, startLocalHarness } from './local-harness.ts';

describe("faults that the SDK's local mode does not recover from", () => {
  let harness: LocalHarness;
  beforeAll(async () => {
    harness = await startLocalHarness();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  // Observed: the SDK does not handle this failure, so its process ends.
  it('ends the process of the SDK when the list of team repositories is not available', async () => {
    const sdk = await harness.startSdk();
    const agentId = (await sdk.call({ do: 'create', options: harness.optionsWith() })) as string;
    await harness.addFault(
      { operation: 'callRpc', path: '*GetTeamRepos*' },
      { kind: 'error', code: 'unavailable' },
    );
    const exited = once(sdk.child, 'exit');
    const turn = sdk.call({ do: 'run', agentId, prompt: script('run true', 'say Done.') });
    await expect(turn).rejects.toThrow('process ended');
    expect((await exited)[0]).not.toBe(0);
  });

  it('is given up by the SDK after half a minute of silence', async () => {
    const agentId = await harness.create();
    await harness.addFault({ operation: 'runLocal' }, { kind: 'silence', afterEvents: 4 });
    const { result } = await harness.run(agentId, script('say Some words.'));
    expect(result.status).toBe('error');
  });
});
