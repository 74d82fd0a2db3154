import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { testFolder } from '../../../../testing/test-folder.ts';
import { LiveOutput } from './live-output.ts';

let tasks = '';
let live: LiveOutput;
beforeEach(() => {
  const temporary = testFolder();
  tasks = join(temporary, 'claude-0', '-work', 'session', 'tasks');
  mkdirSync(tasks, { recursive: true });
  live = new LiveOutput(temporary, 'session');
});

const poll = () => live.poll().map(({ dataText }) => JSON.parse(dataText).text);

it('reports the output of a command in pieces, even if they split a character', () => {
  writeFileSync(join(tasks, 'old.output'), 'of a command before');
  live.begin('call');
  expect(poll()).toEqual([]);
  const file = join(tasks, 'new.output');
  const [first, second] = [
    Buffer.from('gr\u00fc').subarray(0, 3),
    Buffer.from('gr\u00fcn\n').subarray(3),
  ];
  writeFileSync(file, first);
  expect(poll()).toEqual(['gr']);
  appendFileSync(file, second);
  expect(poll()).toEqual(['\u00fcn\n']);
  expect(poll()).toEqual([]);
  live.end('call');
  appendFileSync(file, 'late');
  expect(poll()).toEqual([]);
});

it('reports nothing while several commands run', () => {
  live.begin('one');
  live.begin('two');
  writeFileSync(join(tasks, 'a.output'), 'x');
  expect(poll()).toEqual([]);
  live.end('one');
  writeFileSync(join(tasks, 'b.output'), 'y');
  expect(poll()).toEqual([]);
});

it('stops after a megabyte', () => {
  live.begin('call');
  writeFileSync(join(tasks, 'a.output'), 'x'.repeat(1_200_000));
  const all: string[] = [];
  for (let count = 0; count < 100; count += 1) all.push(...poll());
  expect(all.join('').length).toBeLessThan(1_100_000);
  expect(all.at(-1)).toContain('not shown live');
});
