import { describe, expect, it } from 'vitest';
import { commandResult, joinedOutput, lastLine, terminalText } from './tool-output.ts';

describe('text of a terminal', () => {
  it('shows of a progress bar what was written last, without colors', () => {
    expect(terminalText('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
    expect(terminalText('\u001b[32mok\u001b[0m 1\n')).toBe('ok 1\n');
    expect(terminalText('half\r')).toBe('half\n');
  });

  it('has a last line', () => {
    expect(lastLine([{ stream: 'stdout', text: 'one\ntwo\n\n' }])).toBe('two');
    expect(lastLine([])).toBe('');
  });
});

describe('output of a command', () => {
  it('is one part for as long as it comes from one stream', () => {
    const [a, b] = [
      { stream: 'stdout', text: 'a' } as const,
      { stream: 'stderr', text: 'b' } as const,
    ];
    expect(joinedOutput(joinedOutput([a], [a]), [b])).toEqual([{ ...a, text: 'aa' }, b]);
  });

  it('is found in the results of the runtimes that wrap it', () => {
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
