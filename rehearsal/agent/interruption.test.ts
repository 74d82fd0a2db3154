import { describe, expect, it } from 'vitest';
import { parseInterruption, RecordedCalls } from './interruption.ts';

const prompt = (task: string, records: readonly string[], written = '', fence = '`````'): string =>
  [
    'Your previous turn was interrupted: the machine slept.',
    'The task was:',
    `${fence}text\n${task}\n${fence}`,
    'Recorded before the interruption:',
    ...records.map((record) => `- ${record}`),
    `Text that you had written so far:\n${fence}\n${written}\n${fence}`,
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');

describe('readInterruption', () => {
  it('parses the task, the calls and the text, and rejects other prompts', () => {
    const read = parseInterruption(
      prompt(
        '# Cart\n\n```rehearse\nrun npm test\n```',
        [
          '[done] shell {"command":"npm test"}',
          '[unknown] edit {"path":"a.js"}   (its result was not recorded: check)',
        ],
        'I begin.',
      ),
    );
    expect(read).toMatchObject({
      task: '# Cart\n\n```rehearse\nrun npm test\n```',
      done: [{ tool: 'shell', argsText: '{"command":"npm test"}' }],
      written: 'I begin.',
    });
    expect(read?.unknown.map(({ tool }) => tool)).toEqual(['edit']);
    expect(parseInterruption('# Cart\n\nYour previous turn was interrupted.')).toBeUndefined();
  });

  it('ignores call records in the text that the agent had written', () => {
    const read = parseInterruption(prompt('# A', [], '- [done] shell {"command":"rm"}'));
    expect(read?.done).toEqual([]);
  });

  it('includes the records of an earlier interruption', () => {
    const first = prompt('# A', ['[done] shell {"command":"one"}']);
    const second = prompt(first, ['[done] shell {"command":"two"}'], '', '``````');
    const read = parseInterruption(second);
    expect(read?.task).toBe('# A');
    expect(read?.done.map(({ argsText }) => argsText)).toEqual([
      '{"command":"one"}',
      '{"command":"two"}',
    ]);
  });
});

describe('RecordedCalls', () => {
  const shell = (command: string) => ({
    tool: 'shell',
    argsText: JSON.stringify({ command, workingDirectory: '/w' }),
  });

  it('counts each record for one call', () => {
    const calls = new RecordedCalls({ done: [shell('echo x')], unknown: [], leftOut: 0 });
    const identity = { tool: 'shell', key: 'echo x' };
    expect([calls.takeDone(identity), calls.takeDone(identity)]).toEqual([true, false]);
  });

  it('matches a file by its absolute path, and a write as an edit', () => {
    const done = [{ tool: 'write', argsText: '{"path":"/home/you/shop/src/cart.js"}' }];
    const calls = new RecordedCalls({ done, unknown: done, leftOut: 0 });
    expect(calls.isUnknown({ tool: 'edit', key: 'src/cart.js' })).toBe(true);
    expect(calls.takeDone({ tool: 'edit', key: 'art.js' })).toBe(false);
    expect(calls.takeDone({ tool: 'edit', key: 'src/cart.js' })).toBe(true);
  });

  it('matches a call whose arguments were truncated', () => {
    const command = `echo ${'x'.repeat(3_000)}`;
    const cut = { tool: 'shell', argsText: JSON.stringify({ command }).slice(0, 2_000) };
    const calls = new RecordedCalls({ done: [cut], unknown: [], leftOut: 0 });
    expect(calls.takeDone({ tool: 'shell', key: 'echo x' })).toBe(false);
    expect(calls.takeDone({ tool: 'shell', key: command })).toBe(true);
  });

  it('treats the calls that the list leaves out as done', () => {
    const read = parseInterruption(
      prompt('# A', ['[failed] shell {"command":"two"}']).replace(
        'Recorded before the interruption:\n',
        'Recorded before the interruption:\n(1 earlier calls are left out; all of them are done.)\n',
      ),
    );
    if (read === undefined) throw new Error('The prompt was not recognized.');
    const calls = new RecordedCalls(read);
    const taken = ['one', 'two', 'three'].map((key) => calls.takeDone({ tool: 'shell', key }));
    expect(taken).toEqual([true, true, false]);
  });

  it('finds the last completed call of a plan', () => {
    const calls = new RecordedCalls({
      done: [shell('one'), shell('two')],
      unknown: [],
      leftOut: 0,
    });
    const plan = ['one', undefined, 'two', 'one'].map((key) =>
      key === undefined ? undefined : { tool: 'shell', key },
    );
    expect(calls.lastDoneIndex(plan)).toBe(2);
    expect(calls.takeDone({ tool: 'shell', key: 'one' })).toBe(true);
  });
});
