import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import { type LocalHarness, startLocalHarness, textIn, toolsIn } from './local-harness.ts';

/** The SDK waits two seconds before it tries again. */
describe("interrupted streams in the SDK's local mode, with the SDK's own retries", () => {
  let harness: LocalHarness;
  beforeAll(async () => {
    harness = await startLocalHarness();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  const counted = script('run echo x >> count.txt', 'write after.txt yes', 'say Done.');

  it('continues behind a checkpoint and repeats no command', async () => {
    const agentId = await harness.create({ retries: true });
    await harness.addFault({ operation: 'runLocal', nth: 1 }, { kind: 'cut', afterCheckpoint: 1 });
    const report = await harness.run(agentId, counted);
    expect(report.result).toMatchObject({ status: 'finished', result: 'Done.' });
    expect(harness.read('count.txt')).toBe('x\n');
    expect(harness.read('after.txt')).toBe('yes\n');
    expect(await harness.turnsOf(agentId)).toMatchObject([
      { status: 'FINISHED', attempts: 2, resumes: 1 },
    ]);
  });

  it('starts over without a checkpoint, and then repeats all text and effects', async () => {
    const agentId = await harness.create({ retries: true });
    await harness.addFault({ operation: 'runLocal', nth: 1 }, { kind: 'cut', beforeCheckpoint: 1 });
    const report = await harness.run(
      agentId,
      script('say one', 'run echo x >> twice.txt', 'say Done.'),
    );
    expect(report.result.status).toBe('finished');
    expect(harness.read('twice.txt')).toBe('x\nx\n');
    expect(textIn(report)).toContain('oneone');
    expect(await harness.turnsOf(agentId)).toMatchObject([{ attempts: 2, resumes: 0 }]);
  });

  it('finishes when the connection breaks after the last checkpoint', async () => {
    const agentId = await harness.create({ retries: true });
    await harness.addFault({ operation: 'runLocal', nth: 1 }, { kind: 'cut', afterCheckpoint: 1 });
    const report = await harness.run(agentId, script('say Only words.'));
    expect(report.result).toMatchObject({ status: 'finished', result: 'Only words.' });
  });

  it('retries an error without details, and does not retry one that is marked as permanent', async () => {
    const agentId = await harness.create({ retries: true });
    await harness.addFault(
      { operation: 'runLocal', nth: 1 },
      { kind: 'turn-error', afterEvents: 3 },
    );
    const again = await harness.run(agentId, script('say Done.'));
    expect(again.result.status).toBe('finished');
    await harness.addFault(
      { operation: 'runLocal' },
      {
        kind: 'turn-error',
        code: 'resource_exhausted',
        details: { error: 'RATE_LIMITED', title: 'Too much.', detail: 'Wait.', isRetryable: false },
      },
    );
    const given = await harness.run(agentId, script('say Done.'));
    expect(given.result).toMatchObject({ status: 'error', error: { message: 'Too much. Wait.' } });
  });

  it('uses only tools that the SDK supports after a message was cut', async () => {
    const agentId = await harness.create({ retries: true });
    await harness.addFault({ operation: 'runLocal', nth: 1 }, { kind: 'cut', afterBytes: 700 });
    const report = await harness.run(agentId, counted);
    expect(report.result.status).toBe('finished');
    expect(toolsIn(report)).toContain('shell success');
  });
});
