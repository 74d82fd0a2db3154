import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { commandList } from './command-list.ts';
import { createContext } from './context.ts';
import { Output } from './output.ts';
import { buildProgram, type Wanted, wantedBy } from './program.ts';

function programWith(isWanted: Wanted) {
  const stream = new PassThrough();
  const streams = { stdout: stream, stderr: stream };
  const output = new Output({ isJson: false, ...streams, environment: {}, platform: 'linux' });
  const context = createContext({ environment: {}, output, input: stream, errorStream: stream });
  return buildProgram(context, '1.2.3', stream, isWanted);
}

test('the list of commands says what each command says of itself', async () => {
  const whole = await programWith(() => true);
  const listed = await programWith(() => false);
  expect(listed.helpInformation()).toBe(whole.helpInformation());
});

test.each(commandList.flatMap(({ commands }) => commands))(
  '$name is loaded whole when it is called',
  async ({ name }) => {
    const whole = await programWith(() => true);
    const helpOf = (program: typeof whole) =>
      program.commands.find((command) => command.name() === name)?.helpInformation();
    const wanted = helpOf(whole);
    expect(wanted).toContain('--json');
    for (const words of [[name], ['--json', name], ['help', name], [name, '--help']]) {
      expect(helpOf(await programWith(wantedBy(words)))).toBe(wanted);
    }
  },
);
