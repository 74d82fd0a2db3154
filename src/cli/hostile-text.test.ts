import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createContext } from './context.ts';
import { Output } from './output.ts';
import { buildProgram } from './program.ts';

const hostile = 'a\u009b31m\u202eb\u001b[2J\u200b';

function screen() {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { stream, text: () => written };
}

function contextOn(stdout: Writable, stderr: Writable) {
  const output = new Output({ isJson: true, stdout, stderr, environment: {}, platform: 'linux' });
  return createContext({ environment: {}, output, input: Readable.from([]), errorStream: stderr });
}

test('JSON output contains no terminal control characters, and parses to the same value', () => {
  const [out, errors] = [screen(), screen()];
  const { output } = contextOn(out.stream, errors.stream);
  output.document({ text: hostile });
  output.record({ text: hostile });
  const [document, record] = out.text().split('}\n');
  expect(JSON.parse(`${document}}`)).toEqual({ text: hostile });
  expect(JSON.parse(`${record}}`)).toEqual({ text: hostile });
  expect(out.text().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u202e]/u);
});

test.each([[[hostile]], [['run', `--${hostile}`]], [['status', hostile]]])(
  'an error about %j quotes it without terminal control characters',
  async (words) => {
    const [out, errors] = [screen(), screen()];
    const context = contextOn(out.stream, errors.stream);
    const program = await buildProgram(context, '1.0.0', out.stream, () => true);
    await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow();
    expect(errors.text()).toContain('error');
    expect(errors.text().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200b\u202e]/u);
  },
);
