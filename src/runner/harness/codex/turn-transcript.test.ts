import { expect, it } from 'vitest';
import { type RawItem, readItem } from '../../../transcript/item.ts';
import { TurnItems } from '../turn-items.ts';
import { TurnTranscript } from './turn-transcript.ts';
import type { CodexItem } from './wire.ts';

function transcript() {
  const raw: RawItem[] = [];
  const sink = new TurnItems(async (items) => void raw.push(...items));
  const items = () => raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  const counted = () => {
    const retracted = items().flatMap((item) => (item.kind === 'retracted' ? item.itemIds : []));
    return raw
      .filter(({ id }) => !retracted.includes(id ?? ''))
      .map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)))
      .map((item) => (item.kind === 'text' ? item.text : ''))
      .join('');
  };
  return { of: new TurnTranscript('/work', sink), items, counted };
}

/** As the app-server sends them; recorded from version 0.163.0. */
const command = (status: string, more: object = {}): CodexItem => ({
  type: 'commandExecution',
  id: 'exec-1',
  command: "/bin/bash -c 'echo hi; exit 3'",
  cwd: '/work',
  processId: null,
  source: 'agent',
  status,
  commandActions: [],
  aggregatedOutput: null,
  exitCode: null,
  durationMs: null,
  ...more,
});
const message = (id: string, text: string): CodexItem => ({ type: 'agentMessage', id, text });

it('tells a command from its begin to its end, with what it prints', () => {
  const { of, items } = transcript();
  of.started(command('inProgress'));
  of.printed('exec-1', 'hi\n');
  of.completed(command('failed', { aggregatedOutput: 'hi\n', exitCode: 3, durationMs: 5 }));
  expect(items()).toMatchObject([
    { kind: 'tool-call', name: 'shell', status: 'running', args: { command: 'echo hi; exit 3' } },
    { kind: 'tool-output', callId: 'exec-1', text: 'hi\n' },
    {
      kind: 'tool-call',
      status: 'completed',
      result: { success: { stdout: 'hi\n', exitCode: 3 } },
    },
  ]);
});

it('calls what was not allowed an error, and what Codex forgets to end too', () => {
  const { of, items } = transcript();
  of.started(command('inProgress'));
  of.completed(command('declined'));
  of.started({ ...command('inProgress'), id: 'exec-2' });
  of.closeCalls({ isError: true, result: { error: 'It ended together with its turn.' } });
  const ends = items().flatMap((item) =>
    item.kind === 'tool-call' && item.status !== 'running' ? [item] : [],
  );
  expect(ends).toMatchObject([
    { callId: 'exec-1', status: 'error' },
    { callId: 'exec-2', status: 'error' },
  ]);
});

it('counts the lines of a patch, of new and of changed files', () => {
  const { of, items } = transcript();
  const changes = [
    { path: '/work/new.txt', kind: { type: 'add' }, diff: 'one\ntwo\n' },
    {
      path: '/work/old.txt',
      kind: { type: 'update', move_path: null },
      diff: '@@ -1 +1 @@\n-a\n+b\n',
    },
  ];
  of.completed({ type: 'fileChange', id: 'p', changes, status: 'completed' });
  expect(items().at(-1)).toMatchObject({
    name: 'apply_patch',
    result: { success: { path: '/work/new.txt', linesAdded: 3, linesRemoved: 1 } },
  });
});

it('tells of a path outside of the working folder', () => {
  const { of, items } = transcript();
  of.started(command('inProgress', { command: "/bin/bash -c 'cat /etc/hostname'" }));
  expect(items().at(-1)).toMatchObject({
    kind: 'notice',
    text: expect.stringContaining('/etc/hostname'),
  });
});

it('lets what was said in pieces stand, and keeps messages apart', () => {
  const { of, items, counted } = transcript();
  of.said('text', 'm1', 'One. ');
  of.completed(message('m1', 'One. '));
  of.said('text', 'm2', 'Tw');
  of.completed(message('m2', 'Two.'));
  expect(counted()).toBe('One. Two.');
  expect(items().map(({ kind }) => kind)).toEqual(['text', 'boundary', 'text', 'text']);
  expect(of.lastText).toBe('Two.');
});

it('shows a message that came without pieces, and one whose pieces were wrong, as it is', () => {
  const { of, counted } = transcript();
  of.completed(message('m1', 'Whole. '));
  of.said('text', 'm2', 'Something else');
  of.completed(message('m2', 'Right.'));
  expect(counted()).toBe('Whole. Right.');
});

it('drops what broke off, and nothing that was finished before', () => {
  const { of, counted } = transcript();
  of.said('text', 'm1', 'Done with this. ');
  of.completed(message('m1', 'Done with this. '));
  of.said('text', 'm2', 'And now I');
  of.dropUnfinished();
  expect(counted()).toBe('Done with this. ');
  expect(of.isSpeaking).toBe(false);
});

it('keeps items of unknown kinds raw, and no user messages', () => {
  const { of, items } = transcript();
  of.completed({ type: 'userMessage', id: 'u', content: [] });
  of.completed({ type: 'enteredReviewMode', id: 'r', review: 'x' });
  expect(items()).toMatchObject([{ kind: 'other', event: 'enteredReviewMode' }]);
});

it('shows no more of an endless output than can be read', () => {
  const { of, items } = transcript();
  of.started(command('inProgress'));
  for (let count = 0; count < 5; count += 1) of.printed('exec-1', 'x'.repeat(600_000));
  const printed = items().filter(({ kind }) => kind === 'tool-output');
  expect(printed).toHaveLength(3);
});
