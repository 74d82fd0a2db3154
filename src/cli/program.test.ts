import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { commandList } from './command-list.ts';
import { createContext } from './context.ts';
import { Output } from './output.ts';
import { buildProgram, type CommandFilter, commandsNeededBy } from './program.ts';

function programWith(isNeeded: CommandFilter) {
  const stream = new PassThrough();
  const streams = { stdout: stream, stderr: stream };
  const output = new Output({ isJson: false, ...streams, environment: {}, platform: 'linux' });
  const context = createContext({ environment: {}, output, input: stream, errorStream: stream });
  return buildProgram(context, '1.2.3', stream, isNeeded);
}

test('the list of commands matches the commands themselves', async () => {
  const whole = await programWith(() => true);
  const listed = await programWith(() => false);
  expect(listed.helpInformation()).toBe(whole.helpInformation());
});

test.each([40, 60, 80])('help is wrapped at %i columns, with all its words', async (columns) => {
  const program = await programWith(() => true);
  const helpAt = (helpWidth: number) => {
    const help = Object.assign(program.createHelp(), { helpWidth });
    return help.formatHelp(program, help);
  };
  const words = (text: string) => text.split(/\s+/).join(' ');
  expect(words(helpAt(columns))).toBe(words(helpAt(1_000)));
  const tooLong = helpAt(columns)
    .split('\n')
    .filter((text) => text.length > columns && !/^ {2}\S/.test(text));
  expect(tooLong).toEqual([]);
});

test.each(commandList.flatMap(({ commands }) => commands))(
  '$name is loaded completely when it is called',
  async ({ name }) => {
    const whole = await programWith(() => true);
    const helpOf = (program: typeof whole) =>
      program.commands.find((command) => command.name() === name)?.helpInformation();
    const expected = helpOf(whole);
    expect(expected).toContain('--json');
    for (const words of [[name], ['--json', name], ['help', name], [name, '--help']]) {
      expect(helpOf(await programWith(commandsNeededBy(words)))).toBe(expected);
    }
  },
);
