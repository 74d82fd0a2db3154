import { describe, expect, it } from 'vitest';
import { parseScript } from './script.ts';

const steps = (source: string) => {
  const script = parseScript(source);
  if (!script.ok) throw new Error(script.message);
  return script.steps;
};
const problem = (source: string) => {
  const script = parseScript(source);
  return script.ok ? undefined : script.message;
};

describe('parseScript', () => {
  it('reads one instruction a line and skips empty lines and comments', () => {
    expect(steps('# first\n\nsay Hello there\n  think  why ')).toEqual([
      { kind: 'say', text: 'Hello there' },
      { kind: 'think', text: 'why' },
    ]);
  });

  it('takes JSON strings for names with spaces and for text with line breaks', () => {
    expect(steps('write "my file.txt" "one\\ntwo"\nsay "a\\nb"')).toEqual([
      { kind: 'write', path: 'my file.txt', text: 'one\ntwo\n' },
      { kind: 'say', text: 'a\nb' },
    ]);
  });

  it('tells an artifact of a size from an artifact with a text', () => {
    expect(steps('artifact big.bin 5MB\nartifact a.txt 5 apples')).toEqual([
      { kind: 'large-artifact', name: 'big.bin', sizeBytes: 5 * 1024 * 1024 },
      { kind: 'artifact', name: 'a.txt', text: '5 apples' },
    ]);
  });

  it('reads durations, tools and conditional failures', () => {
    expect(
      steps('wait 1h30m\ntool web_search {"q": "x"}\nfail\nfail unless attempt 2 no luck'),
    ).toEqual([
      { kind: 'wait', durationMs: 5_400_000 },
      { kind: 'tool', name: 'web_search', args: { q: 'x' } },
      { kind: 'fail' },
      { kind: 'fail', unlessAttempt: 2, message: 'no luck' },
    ]);
  });

  it.each([
    ['dance', /Line 1 .*"dance" is not an instruction. Instructions: say/],
    ['constructor', /is not an instruction/],
    ['say ok\nwait soon', /Line 2 .*"soon" is not a duration. Usage: wait 4h/],
    ['write', /first word is missing/],
    ['tool x [1]', /not a JSON object/],
    ['chatter 0', /not a valid number/],
    ['artifact x 65GB', /more than 64GB/],
    ['run', /command is missing/],
  ])('says what is wrong with %j', (source, message) => {
    expect(problem(source)).toMatch(message);
  });
});
