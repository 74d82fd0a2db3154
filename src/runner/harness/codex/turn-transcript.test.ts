import { expect, it } from 'vitest';
import { type RawItem, readItem } from '../../../transcript/item.ts';
import { TurnItems } from '../turn-items.ts';
import { TurnTranscript } from './turn-transcript.ts';
import type { CodexItem } from './wire.ts';

function transcript() {
  const raw: RawItem[] = [];
  const sink = new TurnItems(async (items) => void raw.push(...items));
  const items = () => raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  const countedText = () => {
    const retracted = items().flatMap((item) => (item.kind === 'retracted' ? item.itemIds : []));
    return raw
      .filter(({ id }) => !retracted.includes(id ?? ''))
      .map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)))
      .map((item) => (item.kind === 'text' ? item.text : ''))
      .join('');
  };
  return { transcriptOf: new TurnTranscript('/work', sink), items, countedText };
}

/** As sent by the app-server; recorded from version 0.163.0. */
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

it('adds the start, the output and the end of a command', () => {
  const { transcriptOf, items } = transcript();
  transcriptOf.started(command('inProgress'));
  transcriptOf.addOutput('exec-1', 'hi\n');
  transcriptOf.completed(
    command('failed', { aggregatedOutput: 'hi\n', exitCode: 3, durationMs: 5 }),
  );
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

it('a call that was not allowed, or that Codex did not end, is an error', () => {
  const { transcriptOf, items } = transcript();
  transcriptOf.started(command('inProgress'));
  transcriptOf.completed(command('declined'));
  transcriptOf.started({ ...command('inProgress'), id: 'exec-2' });
  transcriptOf.closeCalls({ isError: true, result: { error: 'It ended together with its turn.' } });
  const ends = items().flatMap((item) =>
    item.kind === 'tool-call' && item.status !== 'running' ? [item] : [],
  );
  expect(ends).toMatchObject([
    { callId: 'exec-1', status: 'error' },
    { callId: 'exec-2', status: 'error' },
  ]);
});

it('counts the lines of a patch, of new and of changed files', () => {
  const { transcriptOf, items } = transcript();
  const changes = [
    { path: '/work/new.txt', kind: { type: 'add' }, diff: 'one\ntwo\n' },
    {
      path: '/work/old.txt',
      kind: { type: 'update', move_path: null },
      diff: '@@ -1 +1 @@\n-a\n+b\n',
    },
  ];
  transcriptOf.completed({ type: 'fileChange', id: 'p', changes, status: 'completed' });
  expect(items().at(-1)).toMatchObject({
    name: 'apply_patch',
    result: { success: { path: '/work/new.txt', linesAdded: 3, linesRemoved: 1 } },
  });
});

it('warns of a path outside the working folder', () => {
  const { transcriptOf, items } = transcript();
  transcriptOf.started(command('inProgress', { command: "/bin/bash -c 'cat /etc/hostname'" }));
  expect(items().at(-1)).toMatchObject({
    kind: 'notice',
    text: expect.stringContaining('/etc/hostname'),
  });
});

it('keeps streamed text, and separates messages with a boundary', () => {
  const { transcriptOf, items, countedText } = transcript();
  transcriptOf.addText('text', 'm1', 'One. ');
  transcriptOf.completed(message('m1', 'One. '));
  transcriptOf.addText('text', 'm2', 'Tw');
  transcriptOf.completed(message('m2', 'Two.'));
  expect(countedText()).toBe('One. Two.');
  expect(items().map(({ kind }) => kind)).toEqual(['text', 'boundary', 'text', 'text']);
  expect(transcriptOf.lastText).toBe('Two.');
});

it('uses the complete message if there are no pieces, or if they differ', () => {
  const { transcriptOf, countedText } = transcript();
  transcriptOf.completed(message('m1', 'Whole. '));
  transcriptOf.addText('text', 'm2', 'Something else');
  transcriptOf.completed(message('m2', 'Right.'));
  expect(countedText()).toBe('Whole. Right.');
});

it('drops only incomplete text', () => {
  const { transcriptOf, countedText } = transcript();
  transcriptOf.addText('text', 'm1', 'Done with this. ');
  transcriptOf.completed(message('m1', 'Done with this. '));
  transcriptOf.addText('text', 'm2', 'And now I');
  transcriptOf.dropUnfinished();
  expect(countedText()).toBe('Done with this. ');
  expect(transcriptOf.hasOpenText).toBe(false);
});

it('keeps items of unknown kinds raw, and drops user messages', () => {
  const { transcriptOf, items } = transcript();
  transcriptOf.completed({ type: 'userMessage', id: 'u', content: [] });
  transcriptOf.completed({ type: 'enteredReviewMode', id: 'r', review: 'x' });
  expect(items()).toMatchObject([{ kind: 'other', event: 'enteredReviewMode' }]);
});

it('limits the output of a command', () => {
  const { transcriptOf, items } = transcript();
  transcriptOf.started(command('inProgress'));
  for (let count = 0; count < 5; count += 1) transcriptOf.addOutput('exec-1', 'x'.repeat(600_000));
  const addOutput = items().filter(({ kind }) => kind === 'tool-output');
  expect(addOutput).toHaveLength(3);
});
