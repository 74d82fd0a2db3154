import { expect, it } from 'vitest';
import { type Conversation, type PastCall, TurnCollector } from './conversation.ts';
import { nextReply } from './next-reply.ts';
import type { Part } from './parts.ts';
import type { Toolbox, ToolUse } from './toolbox.ts';

const scriptOf = (...lines: string[]) => `# Task\n\n\`\`\`rehearse\n${lines.join('\n')}\n\`\`\`\n`;

const conversation = (
  change: Partial<Conversation> & { readonly prompt?: string },
): Conversation => {
  const { prompt = '', ...rest } = change;
  return {
    api: 'anthropic-messages',
    model: 'claude-opus-5-5',
    system: '',
    turns: [{ prompt, calls: [], assistantText: '' }],
    tools: [{ name: 'Shell' }],
    mode: 'agent',
    folder: '/work',
    sessionKey: 'session',
    isStreamed: true,
    images: 0,
    ...rest,
  };
};

const toolbox = (...kinds: ToolUse['kind'][]): Toolbox => ({
  callFor: (use) => (kinds.includes(use.kind) ? { name: use.kind, input: { ...use } } : undefined),
});

const past = (result = '', isError = false): PastCall => ({
  name: 'run',
  input: {},
  result,
  isError,
});

const describeCall = (parts: readonly Part[]) =>
  parts.map((part) => {
    if (part.kind === 'call') return `${part.call.name} ${JSON.stringify(part.call.input)}`;
    return 'text' in part ? `${part.kind} ${part.text.trim()}` : part.kind;
  });

it('continues after the results in the history', () => {
  const prompt = scriptOf('say first', 'run one', 'think deep', 'run two', 'say last');
  const at = (count: number) => {
    const calls = Array.from({ length: count }, () => past());
    const turns = [{ prompt, calls, assistantText: '' }];
    return describeCall(nextReply(conversation({ turns }), toolbox('run')).parts);
  };
  expect(at(0)).toEqual(['text first', 'run {"kind":"run","command":"one"}']);
  expect(at(1)).toEqual(['thinking deep', 'run {"kind":"run","command":"two"}']);
  expect(at(2)).toEqual(['text last']);
});

it('uses a command if the request offers no dedicated tool', () => {
  const prompt = scriptOf('delete a.txt', 'say done');
  const { parts } = nextReply(conversation({ prompt }), toolbox('run'));
  expect(describeCall(parts)).toEqual([`run {"kind":"run","command":"rm -- 'a.txt'"}`]);
});

it('reports a missing tool, and continues', () => {
  const prompt = scriptOf('mcp notes add {"a":1}', 'say done');
  const { parts } = nextReply(conversation({ prompt }), toolbox('run'));
  expect(describeCall(parts)).toEqual([
    'text I have no tool for it, so I skip `mcp add`.',
    'text done',
  ]);
});

it('does not access a file outside the working folder', () => {
  const prompt = scriptOf('write ../a.txt x');
  const { parts } = nextReply(conversation({ prompt }), toolbox('write'));
  expect(describeCall(parts)[0]).toBe('text I could not do it: ../a.txt is outside the workspace.');
});

it('reads a file first if the harness requires it, and then changes it', () => {
  const prompt = scriptOf('write a.txt x', 'say done');
  const calls = [past('File has not been read yet. Read it first before writing to it.', true)];
  const box = toolbox('write', 'read');
  const first = nextReply(conversation({ turns: [{ prompt, calls, assistantText: '' }] }), box);
  expect(describeCall(first.parts)).toEqual(['read {"kind":"read","path":"a.txt"}']);
  const turns = [{ prompt, calls: [...calls, past('old')], assistantText: '' }];
  const second = nextReply(conversation({ turns }), box);
  expect(describeCall(second.parts)[0]).toContain('write {"kind":"write","path":"a.txt"');
});

it('skips calls that a resumed turn lists as done, and checks whether unknown calls took effect', () => {
  const fence = '`````';
  const prompt = [
    'Your previous turn was interrupted: the host ended.',
    'The task was:',
    `${fence}text`,
    scriptOf('run one', 'write b.txt text', 'say end').trim(),
    fence,
    'Recorded before the interruption:',
    '- [done] Bash {"command":"one"}',
    '- [unknown] Write {"file_path":"/work/b.txt"}',
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');
  const box = toolbox('run', 'read', 'write');
  const first = nextReply(conversation({ prompt }), box);
  expect(describeCall(first.parts)).toEqual([
    'text I skip `shell one`: it was done before the interruption.',
    'read {"kind":"read","path":"b.txt"}',
  ]);
  const turns = [{ prompt, calls: [past('   1\ttext')], assistantText: '' }];
  expect(describeCall(nextReply(conversation({ turns }), box).parts)).toEqual([
    'text I skip `edit b.txt`: I looked, and it took effect.',
    'text end',
  ]);
});

it('returns the structured answer instead of text, from the script if it has one', () => {
  const outputSchema = { type: 'object', properties: { name: { type: 'string' } } };
  const scripted = conversation({ prompt: scriptOf('say {"name":"mine"}'), outputSchema });
  expect(describeCall(nextReply(scripted, toolbox()).parts)).toEqual(['text {"name":"mine"}']);
  const made = conversation({ prompt: scriptOf('say hello'), outputSchema });
  expect(describeCall(nextReply(made, toolbox()).parts)).toEqual(['text {"name":"rehearsed"}']);
  const { parts } = nextReply(made, toolbox('answer'));
  expect(describeCall(parts)).toEqual([
    'text hello',
    'answer {"kind":"answer","value":{"name":"rehearsed"}}',
  ]);
});

it('fails as scripted, after the text before', () => {
  const reply = nextReply(conversation({ prompt: scriptOf('say oh', 'fail no luck') }), toolbox());
  expect(describeCall(reply.parts)).toEqual(['text oh']);
  expect(reply.failure).toBe('no luck');
});

it('treats a prompt that only continues as part of the turn before it, and repeats no text', () => {
  const collector = new TurnCollector();
  collector.prompt(scriptOf('run one', 'say half', 'say rest'));
  collector.call(past());
  collector.assistantText('half');
  collector.prompt('Go on with the task: the connection was lost.');
  const turns = collector.turns();
  expect(turns).toHaveLength(1);
  expect(describeCall(nextReply(conversation({ turns }), toolbox('run')).parts)).toEqual([
    'text rest',
  ]);
});

it('explores, and reads the files that it finds', () => {
  const turns = [
    { prompt: '# Look around', calls: [past('./src/a.ts\n./README.md')], assistantText: '' },
  ];
  const { parts } = nextReply(conversation({ turns }), toolbox('run', 'read', 'write'));
  expect(describeCall(parts)).toEqual(['read {"kind":"read","path":"README.md"}']);
});
