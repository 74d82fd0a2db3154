import { describe, expect, it } from 'vitest';
import { appendOutput, commandResult, lastLine, terminalText } from './tool-output.ts';

describe('terminal text', () => {
  it('shows the last state of a progress bar, without colors', () => {
    expect(terminalText('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
    expect(terminalText('\u001b[32mok\u001b[0m 1\n')).toBe('ok 1\n');
    expect(terminalText('half\r')).toBe('half\n');
  });

  it('returns the last line that is not empty', () => {
    expect(lastLine([{ stream: 'stdout', text: 'one\ntwo\n\n' }])).toBe('two');
    expect(lastLine([])).toBe('');
  });
});

describe('command output', () => {
  it('stays one part while it comes from one stream', () => {
    const [a, b] = [
      { stream: 'stdout', text: 'a' } as const,
      { stream: 'stderr', text: 'b' } as const,
    ];
    expect(appendOutput(appendOutput([a], [a]), [b])).toEqual([{ ...a, text: 'aa' }, b]);
  });

  it('is extracted from the results of all runtimes', () => {
    const plain = { exitCode: 1, stdout: 'out', stderr: 'err' };
    const expected = {
      exitCode: 1,
      output: [
        { stream: 'stdout', text: 'out' },
        { stream: 'stderr', text: 'err' },
      ],
    };
    for (const result of [plain, { status: 'success', value: plain }, { success: plain }])
      expect(commandResult(result)).toEqual(expected);
    expect(commandResult({ content: 'a file' })).toBeNull();
    expect(commandResult('text')).toBeNull();
    expect(commandResult(undefined)).toBeNull();
  });
});
