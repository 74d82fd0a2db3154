import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { QuestionAnswer } from '../../src/engine/api.ts';
import type { Failure, LifecycleEvent } from '../../src/session/events.ts';
import type { ThreadId, TurnId } from '../../src/session/ids.ts';
import { agentId } from '../../src/workflow/ids.ts';
import { workflowSchema } from '../../src/workflow/schema.ts';
import { runCommand, writeDaemonAddress } from '../../testing/command-line.ts';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';

/** Plans that a person changes before they are approved, with the real command and a server whose engine only listens. */
let server: TestServer;
let answers: QuestionAnswer[] = [];
let refusal: Failure | null = null;

const waiting = sessionIdOf('1a');
const answered = sessionIdOf('2b');
const proposal = '## Plan\n\n1. Look.\n2. Change.';
const about = { agentId: agentId('plan'), attempt: 1, round: 1 } as const;
const turnId = 'turn-1' as TurnId;
const gate = { ...about, gateId: 'plan:plan#1' };

/** An agent has proposed its plan, and a person is asked about it. */
const planned: readonly LifecycleEvent[] = [
  sessionStarted({
    workflow: workflowSchema.parse({
      version: '1.0',
      id: 'shop',
      name: 'Shop',
      agents: [{ id: 'plan', name: 'Planner', instructions: 'Plan.', planFirst: true }],
    }),
  }),
  {
    type: 'LaunchIntended',
    ...about,
    runtime: 'cursor-local',
    account: null,
    threadId: 'agent-1' as ThreadId,
    requestHash: 'h',
    prompt: 'Plan.',
    repositories: [],
    autoCreatePr: false,
  },
  { type: 'Launched', ...about, threadId: 'agent-1' as ThreadId, turnId, adopted: false },
  {
    type: 'RunEnded',
    agentId: about.agentId,
    attempt: 1,
    turnId,
    outcome: 'finished',
    result: proposal,
    branches: [],
    source: 'stream',
    whileAway: false,
  },
  { type: 'StreamEnded', agentId: about.agentId, attempt: 1, turnId, complete: true },
  { type: 'GateOpened', ...gate, number: 1 },
];

beforeAll(async () => {
  server = await startTestServer({
    engine: {
      answer: async (_id, given) => {
        answers.push(given);
        return refusal === null ? { ok: true, value: undefined } : { ok: false, error: refusal };
      },
    },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  server.journal.append(waiting, [...planned]);
  const plan = { proposed: proposal, edited: '## Plan\n\n1. Look.\n2. Leave it.' };
  server.journal.append(answered, [
    ...planned,
    { type: 'GateAnswered', ...gate, answer: 'approve', plan, by: 'app' },
  ]);
});
beforeEach(() => {
  answers = [];
  refusal = null;
});
afterAll(() => server[Symbol.asyncDispose]());

const approve = (words: readonly string[], more: Parameters<typeof runCommand>[2] = {}) =>
  runCommand(server.home, ['approve', '1a', ...words], more);

/** An editor that is a command, as people set it. */
const editor = (command: string) => ({ environment: { EDITOR: command } });

describe('approve', () => {
  test('sends the plan of a file, or of standard input', async () => {
    const file = path.join(server.home, 'plan.md');
    writeFileSync(file, '\ufeffOnly look.\n');
    expect(await approve(['--plan', file])).toMatchObject({ code: 0, stderr: '' });
    expect(await approve(['--plan', '-', '--note', 'Go.'], { input: 'Look twice.' })).toMatchObject(
      {
        code: 0,
        stdout: expect.stringContaining('Approved as you edited it.'),
      },
    );
    expect(answers).toMatchObject([
      { question: gate.gateId, answer: 'approve', plan: 'Only look.\n', by: 'cli' },
      { question: gate.gateId, answer: 'approve', plan: 'Look twice.', note: 'Go.' },
    ]);
  });

  test('opens the plan in an editor, and sends what was saved', async () => {
    const ended = await approve(['--edit', '--json'], editor("sed -i 's/Change/Leave it/'"));
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Approved') });
    expect(JSON.parse(ended.stdout)).toMatchObject({ question: gate.gateId, answer: 'approve' });
    expect(answers).toMatchObject([{ plan: '## Plan\n\n1. Look.\n2. Leave it.' }]);
  });

  test.each([
    ['changes nothing', 'true', 'was not changed'],
    ['leaves nothing', "sed -i 'd'", 'was left empty'],
    ['fails', 'false', 'ended with exit code 1'],
    ['is missing', '/nowhere/editor', 'ended with exit code 127'],
  ])('sends nothing when the editor %s', async (_case, command, words) => {
    const ended = await approve(['--edit'], editor(command));
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    expect(answers).toEqual([]);
  });

  test('keeps what was written when the answer is refused', async () => {
    refusal = { code: 'already_answered', message: 'This question was already answered.' };
    const ended = await approve(['--edit'], editor('echo "3. Test." >>'));
    expect(ended.stderr).toContain('already answered');
    const [, kept = ''] = /is kept in (\S+)/.exec(ended.stderr) ?? [];
    expect(readFileSync(kept, 'utf8')).toContain('3. Test.');
    expect(existsSync(kept)).toBe(true);
  });

  test('refuses an empty plan, a plan that cannot be read, and two plans', async () => {
    expect(await approve(['--plan', '-'], { input: ' \n' })).toMatchObject({ code: 2 });
    expect(await approve(['--plan', '/nowhere.md'])).toMatchObject({ code: 2 });
    expect(await approve(['--plan', '-', '--edit'])).toMatchObject({ code: 2 });
    expect(answers).toEqual([]);
  });

  test('shows the reason of the daemon if no plan is waiting', async () => {
    refusal = { code: 'no_open_question', message: 'The session has no open question.' };
    const ended = await runCommand(server.home, ['approve', '2b', '--edit'], editor('true'));
    expect(ended.stderr).toContain('The session has no open question.');
    expect(answers).toMatchObject([{ question: null, plan: '' }]);
  });
});

test('show and logs print what was changed in a plan', async () => {
  const shown = (await runCommand(server.home, ['show', '2b'])).stdout;
  expect(shown).toMatch(/Plan\s+edited and approved \(app\), 1 line added, 1 removed/);
  expect(shown).toMatch(/-2\. Change\.\n\s+\+2\. Leave it\./);
  const logged = (await runCommand(server.home, ['logs', '2b'])).stdout;
  expect(logged).toMatch(/its plan was edited and approved\n.*@@/);
  expect(logged).toMatch(/-2\. Change\.\n\s+\+2\. Leave it\./);
  expect((await runCommand(server.home, ['show', '1a'])).stdout).toMatch(/Plan\s+waits for your/);
});
