import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { LiveOutput } from './live-output.ts';

let tasks = '';
let live: LiveOutput;
beforeEach(() => {
  const temporary = mkdtempSync(join(tmpdir(), 'live-'));
  tasks = join(temporary, 'claude-0', '-work', 'session', 'tasks');
  mkdirSync(tasks, { recursive: true });
  live = new LiveOutput(temporary, 'session');
});

const printed = () => live.look().map(({ dataText }) => JSON.parse(dataText).text);

it('tells what a command prints, piece by piece, letters that were cut in between as well', () => {
  writeFileSync(join(tasks, 'old.output'), 'of a command before');
  live.begin('call');
  expect(printed()).toEqual([]);
  const file = join(tasks, 'new.output');
  const [first, second] = [
    Buffer.from('gr\u00fc').subarray(0, 3),
    Buffer.from('gr\u00fcn\n').subarray(3),
  ];
  writeFileSync(file, first);
  expect(printed()).toEqual(['gr']);
  appendFileSync(file, second);
  expect(printed()).toEqual(['\u00fcn\n']);
  expect(printed()).toEqual([]);
  live.end('call');
  appendFileSync(file, 'late');
  expect(printed()).toEqual([]);
});

it('guesses nothing when several commands run', () => {
  live.begin('one');
  live.begin('two');
  writeFileSync(join(tasks, 'a.output'), 'x');
  expect(printed()).toEqual([]);
  live.end('one');
  writeFileSync(join(tasks, 'b.output'), 'y');
  expect(printed()).toEqual([]);
});

it('ends after a megabyte', () => {
  live.begin('call');
  writeFileSync(join(tasks, 'a.output'), 'x'.repeat(1_200_000));
  const all: string[] = [];
  for (let look = 0; look < 100; look += 1) all.push(...printed());
  expect(all.join('').length).toBeLessThan(1_100_000);
  expect(all.at(-1)).toContain('not shown live');
});
