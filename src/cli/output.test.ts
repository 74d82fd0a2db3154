import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Output, type Stream } from './output.ts';

/** A terminal of this width, or a pipe, and the text that was written to it. */
function screen(terminal: { readonly columns?: number } | null) {
  let written = '';
  const stream: Stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    }),
    terminal === null ? {} : { isTTY: true, ...terminal },
  );
  const environment = { LANG: 'C.UTF-8', NO_COLOR: '1' };
  const output = new Output({
    isJson: false,
    stdout: stream,
    stderr: stream,
    environment,
    platform: 'linux',
  });
  return { output, lines: () => written.trimEnd().split('\n') };
}

test('output to a pipe or file is not wrapped', () => {
  const { output, lines } = screen(null);
  expect(output.width).toBe(Number.POSITIVE_INFINITY);
  output.print('word '.repeat(100));
  expect(lines()).toHaveLength(1);
});

test('a terminal that reports no width, or 0, gets the default width', () => {
  expect(screen({}).output.width).toBe(80);
  expect(screen({ columns: 0 }).output.width).toBe(80);
  expect(screen({ columns: 60 }).output.width).toBe(60);
  expect(screen({ columns: 3 }).output.width).toBe(20);
});

test('in a narrow terminal, text and remarks are wrapped between words', () => {
  const { output, lines } = screen({ columns: 60 });
  output.print('Adopted as 3f9a1c2e. Watch it with: cerevisor reconnect 3f9a1c2e');
  output.remark(
    'Cerevisor runs (process 4711) and is reading its journal; it does not answer yet.',
  );
  expect(lines()).toEqual([
    'Adopted as 3f9a1c2e. Watch it with:',
    '  cerevisor reconnect 3f9a1c2e',
    'Cerevisor runs (process 4711) and is reading its journal; it',
    '  does not answer yet.',
  ]);
});
