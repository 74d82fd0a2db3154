import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import {
  type LocalHarness,
  type RunReport,
  type SdkProcess,
  startLocalHarness,
  textIn,
  toolsIn,
} from './local-harness.ts';

const fence = '`````';

/** What Cerevisor says to an agent whose turn was cut off. */
function resumePrompt(task: string, records: readonly string[], written = ''): string {
  return [
    'Your previous turn was interrupted: the process was killed.',
    'The task was:',
    `${fence}text\n${task}\n${fence}`,
    'Recorded before the interruption:',
    ...records.map((record) => `- ${record}`),
    `Text that you had written so far:\n${fence}\n${written}\n${fence}`,
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');
}

describe('a local agent whose process or server exited', () => {
  let harness: LocalHarness;
  beforeAll(async () => {
    harness = await startLocalHarness();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  // Every call of these answers with an id or a report, as its name says.
  const run = async (sdk: SdkProcess, agentId: string, prompt: string, isForced = false) =>
    (await sdk.call({
      do: 'run',
      agentId,
      prompt,
      ...(isForced ? { options: { local: { force: true } } } : {}),
    })) as RunReport;
  const createIn = async (sdk: SdkProcess) =>
    (await sdk.call({ do: 'create', options: harness.optionsWith() })) as string;
  const resumeIn = (sdk: SdkProcess, agentId: string) =>
    sdk.call({ do: 'resume', agentId, options: harness.optionsWith() });

  it('is resumed in another process, with its conversation', async () => {
    const first = await harness.startSdk();
    const agentId = await createIn(first);
    await run(first, agentId, '# First\n\nRemember the word walnut.');
    await first.kill();
    const second = await harness.startSdk();
    await resumeIn(second, agentId);
    const report = await run(second, agentId, '# Second\n\nGo on.');
    const thoughts = report.messages.flatMap((one) => (one.type === 'thinking' ? one.text : ''));
    expect(thoughts.join('')).toContain('walnut');
  });

  it('continues after a kill: finished steps are not repeated, and uncertain steps are checked', async () => {
    const first = await harness.startSdk();
    const agentId = await createIn(first);
    const task = script(
      'say I begin.',
      'run echo x >> once.txt',
      'write made.txt made',
      'run echo started >> cut.txt; sleep 60',
      'write after.txt after',
      'say Done.',
    );
    const turn = run(first, agentId, task);
    turn.catch(() => undefined); // Its process is killed.
    await expect.poll(() => existsSync(join(harness.cwd, 'cut.txt'))).toBe(true);
    await first.kill();
    await turn.catch(() => undefined);

    const second = await harness.startSdk();
    await resumeIn(second, agentId);
    await expect(run(second, agentId, 'Go on.')).rejects.toThrow('active run');
    const prompt = resumePrompt(
      task.replace('; sleep 60', ''),
      [
        `[done] shell ${JSON.stringify({ command: 'echo x >> once.txt', workingDirectory: harness.cwd })}`,
        `[unknown] edit ${JSON.stringify({ path: join(harness.cwd, 'made.txt') })}   (its result was not recorded)`,
        `[unknown] shell ${JSON.stringify({ command: 'echo started >> cut.txt' })}`,
      ],
      'I begin.',
    );
    const report = await run(second, agentId, prompt, true);
    expect(report.result).toMatchObject({ status: 'finished', result: 'Done.' });
    expect(harness.read('once.txt')).toBe('x\n');
    expect(harness.read('made.txt')).toBe('made\n');
    expect(harness.read('cut.txt')).toBe('started\nstarted\n');
    expect(harness.read('after.txt')).toBe('after\n');
    expect(toolsIn(report)).toEqual(['shell success', 'edit success']);
    expect(textIn(report)).not.toContain('I begin.');
    expect(textIn(report)).toContain('it was done before the interruption');
    expect(textIn(report)).toContain('it took effect');
  });

  it('continues from the checkpoint when the server was started again', async () => {
    const agentId = await harness.create({ retries: true });
    const lines = script(
      'run echo x >> restart.txt',
      'write mark.txt x',
      'wait 1h',
      'write late.txt late',
      'say Done.',
    );
    const turn = harness.run(agentId, lines, { announce: true });
    // The client has answered a second request, so it has the checkpoint before that.
    await expect.poll(() => existsSync(join(harness.cwd, 'mark.txt'))).toBe(true);
    await harness.restart();
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    turn.then(over, over);
    // A jump of the clock counts only for a wait that has begun, so it is repeated.
    const jump = async () => {
      await harness.post('/rehearsal/time', { jump: '1h' });
      return isOver;
    };
    await expect.poll(jump, { interval: 500 }).toBe(true);
    const report = await turn;
    expect(report.result).toMatchObject({ status: 'finished', result: 'Done.' });
    expect(harness.read('restart.txt')).toBe('x\n');
    expect(await harness.turnsOf(agentId)).toMatchObject([{ attempts: 2, resumes: 1 }]);
  });
});
