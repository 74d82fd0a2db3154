import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createContext } from '../context.ts';
import { Output } from '../output.ts';
import { buildProgram } from '../program.ts';
import { candidatesFor, type Sources } from './candidates.ts';

const requestedSessions: string[] = [];
const sources: Sources = {
  sessions: async () => [{ value: '3f9a1c2e', about: 'Shop, running' }],
  agentsOfSession: async (session) => {
    requestedSessions.push(session);
    return [{ value: 'Code reviewer', about: 'running' }];
  },
  agentsOfFile: async (file) => [{ value: `agent of ${file}`, about: '' }],
  providers: async () => [{ value: 'anthropic', about: 'Anthropic' }],
  statuses: ['queued', 'running'],
};

async function complete(...typed: string[]) {
  const stream = new PassThrough();
  const streams = { stdout: stream, stderr: stream };
  const output = new Output({ isJson: false, ...streams, environment: {}, platform: 'linux' });
  const context = createContext({ environment: {}, output, input: stream, errorStream: stream });
  const program = await buildProgram(context, '1.2.3', stream, () => true);
  const { values, files } = await candidatesFor(program, typed, sources);
  return { values: values.map(({ value }) => value), files };
}

const only = (...values: string[]) => ({ values, files: false });

describe('completion', () => {
  test('offers commands as the first word, except hidden ones', async () => {
    const { values } = await complete('');
    expect(values).toEqual(expect.arrayContaining(['run', 'sessions', 'completion', 'help']));
    expect(values).not.toContain('complete');
  });

  test.each([
    [['show', ''], only('3f9a1c2e')],
    [['dismiss', '1', '2', ''], only('3f9a1c2e')],
    [['cancel', '3f9a', '--agent', ''], only('Code reviewer')],
    [['retry', '--json', '3f9a', '-a', 'Co'], only('Code reviewer')],
    [['cancel', '--agent', ''], only()],
    [['run', 'shop.cerevisor', '--agent', ''], only('agent of shop.cerevisor')],
    [['run', ''], { values: [], files: true }],
    [['run', '--repo', 'https://x', ''], { values: [], files: true }],
    [['export', '3f9a', '-o', ''], { values: [], files: true }],
    [['run', 'x', '--repo', ''], only()],
    [['run', 'x', '--mode', ''], only('local', 'cloud')],
    [['run', 'x', '--mode', '=', 'cl'], only('local', 'cloud')],
    [['sessions', '--status', ''], only('queued', 'running')],
    [['completion', ''], only('bash', 'zsh', 'fish')],
    [['license', ''], only('status', 'activate', 'deactivate')],
    [['status', ''], only()],
  ])('%j', async (typed, expected) => {
    const found = await complete(...typed);
    expect(found.files).toBe(expected.files);
    expect(found.values.filter((value) => value !== 'help')).toEqual(expected.values);
  });

  test('offers the options of the command after a dash', async () => {
    const { values } = await complete('run', 'x', '--');
    expect(values).toEqual(expect.arrayContaining(['--repo', '--detach', '--json', '--help']));
    expect(values).not.toContain('--port');
  });

  test('offers the agents of the named session', async () => {
    requestedSessions.length = 0;
    await complete('follow-up', 'abc', '--agent', '');
    expect(requestedSessions).toEqual(['abc']);
  });
});
