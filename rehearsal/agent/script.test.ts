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
  it('parses one instruction per line and skips empty lines and comments', () => {
    expect(steps('# first\n\nsay Hello there\n  think  why ')).toEqual([
      { kind: 'say', text: 'Hello there' },
      { kind: 'think', text: 'why' },
    ]);
  });

  it('accepts JSON strings for names with spaces and for text with line breaks', () => {
    expect(steps('write "my file.txt" "one\\ntwo"\nsay "a\\nb"')).toEqual([
      { kind: 'write', path: 'my file.txt', text: 'one\ntwo\n' },
      { kind: 'say', text: 'a\nb' },
    ]);
  });

  it('distinguishes an artifact with a size from one with a text', () => {
    expect(steps('artifact big.bin 5MB\nartifact a.txt 5 apples')).toEqual([
      { kind: 'large-artifact', name: 'big.bin', sizeBytes: 5 * 1024 * 1024 },
      { kind: 'artifact', name: 'a.txt', text: '5 apples' },
    ]);
  });

  it('parses the steps that change and search files', () => {
    expect(
      steps(
        'edit a.js "old text" new\nedit "my file" x "y z"\ndelete a.js\nls\nls src\ngrep "a b" src',
      ),
    ).toEqual([
      { kind: 'edit', path: 'a.js', before: 'old text', after: 'new' },
      { kind: 'edit', path: 'my file', before: 'x', after: 'y z' },
      { kind: 'delete', path: 'a.js' },
      { kind: 'ls', path: '.' },
      { kind: 'ls', path: 'src' },
      { kind: 'grep', pattern: 'a b', path: 'src' },
    ]);
    expect(problem('edit a.js')).toContain('edit PATH OLD NEW');
  });

  it('parses the steps that need a server, a subagent or the user', () => {
    expect(
      steps('mcp calc add {"a": 1}\nsubagent rev "Look\\nclosely"\nask Which one?\ntodo one; two;'),
    ).toEqual([
      { kind: 'mcp', server: 'calc', tool: 'add', args: { a: 1 } },
      { kind: 'subagent', name: 'rev', prompt: 'Look\nclosely' },
      { kind: 'ask', question: 'Which one?' },
      { kind: 'todo', items: ['one', 'two'] },
    ]);
    for (const line of ['mcp calc', 'mcp calc add [1]', 'subagent rev', 'ask', 'todo ;']) {
      expect(problem(line)).toContain('Usage:');
    }
  });

  it('parses durations, tools and conditional failures', () => {
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
  ])('explains what is wrong with %j', (source, message) => {
    expect(problem(source)).toMatch(message);
  });
});
