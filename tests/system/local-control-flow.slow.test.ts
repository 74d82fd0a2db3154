import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentView } from '../../src/contract/agent-views.ts';
import type { SessionDetail } from '../../src/contract/session-views.ts';
import { isRunning } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readPresence } from '../../src/runtimes/local/start-runner.ts';
import { agent, script } from '../../testing/control-flow.ts';
import { SystemWorld } from '../../testing/system-world.ts';
import { until } from '../../testing/until.ts';
import { readZip } from './zip.ts';

/** Every kind of control flow on this machine, with everything that is real, while processes are killed. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open({ flags: ['--pace', '10ms'] });
});
afterAll(() => world.close());

const workflow = {
  version: '1.0',
  id: 'every-kind',
  name: 'Every kind',
  agents: [
    agent('plan', `Plan.\n\n${script('write plan.md Steps', 'decide build yes')}`, {
      planFirst: true,
    }),
    agent('nothing'),
    agent('write', `Write.\n\n${script('write draft.md One', 'conclude')}`),
    agent('review', `Review.\n\n${script('decide again no until round 3 "A typo is left."')}`),
    agent('publish', `Publish.\n\n${script('write published.md Yes', 'conclude')}`),
  ],
  connections: [
    {
      id: 'build',
      source: 'plan',
      target: 'write',
      flowType: 'conditional',
      condition: 'There is something to build.',
    },
    { id: 'otherwise', source: 'plan', target: 'nothing', flowType: 'conditional', isElse: true },
    { id: 'draft', source: 'write', target: 'review', handoffFormat: 'full-output' },
    {
      id: 'again',
      source: 'review',
      target: 'write',
      flowType: 'loop',
      loopCondition: 'Nothing is left to fix.',
      maxIterations: 4,
    },
    {
      id: 'release',
      source: 'review',
      target: 'publish',
      flowType: 'approval-gate',
      approvalPrompt: 'May it go out?',
    },
  ],
  settings: { runMode: 'local' },
};

const named = (session: SessionDetail, name: string): AgentView => {
  const found = session.agents.find(({ id }) => id === name);
  if (found === undefined) throw new Error(`No agent ${name}`);
  return found;
};

/** As a crash ends it; the next command starts another one. */
async function killDaemonAndReturn(): Promise<void> {
  await world.killDaemon();
  const started = await world.run('start');
  expect(started.code, started.stderr).toBe(0);
}

async function killRunner(): Promise<void> {
  const presence = readPresence(world.home);
  if (presence === null || !isRunning(presence)) return;
  signalProcess(presence.pid, 'SIGKILL');
  await until(() => !isRunning(presence));
}

const isAsking = (kind: string) => (session: SessionDetail) =>
  session.questions.some((question) => question.kind === kind);

async function answer(id: string, ...words: readonly string[]): Promise<void> {
  const [command = '', ...options] = words;
  const answered = await world.run(command, id, ...options);
  expect(answered.code, answered.stderr).toBe(0);
}

test('a plan, a condition, rounds and a gate survive crashes of the daemon and the runner', {
  timeout: 900_000,
}, async () => {
  const id = await world.begin(workflow, '--folder', world.repository);
  const planned = await world.until(id, isAsking('plan'), 120_000);
  expect(named(planned, 'plan')).toMatchObject({ status: 'requires-action', mode: 'plan' });
  await killDaemonAndReturn();
  const plan = `Only what is needed.\n\n${script('write plan.md Fewer', 'decide build yes')}`;
  const file = join(world.home, 'plan.md');
  writeFileSync(file, plan);
  await answer(id, 'approve', '--plan', file, '--note', 'Go on.');

  // Usually while the agent works; on a slow machine that may be over by then.
  await world.until(id, (session) => named(session, 'write').round >= 2, 120_000);
  await killRunner();
  const gated = await world.until(id, isAsking('gate'), 120_000);
  expect(gated.status).toBe('waiting');
  expect(gated.loops).toMatchObject([{ id: 'again', round: 3, cause: 'condition-met' }]);
  await killRunner();
  await killDaemonAndReturn();

  await answer(id, 'reject', '--changes', '--note', 'Say it shorter.');
  await world.until(
    id,
    (session) => isAsking('gate')(session) && session.questions[0]?.id !== gated.questions[0]?.id,
    120_000,
  );
  await killDaemonAndReturn();
  await answer(id, 'approve');
  const ended = await world.settled(id, 120_000);

  expect(ended.status, JSON.stringify(ended.agents.map(({ error }) => error))).toBe('finished');
  expect(named(ended, 'nothing').status).toBe('skipped');
  expect(ended.connections.map(({ id: connection, state }) => [connection, state])).toEqual([
    ['build', 'taken'],
    ['otherwise', 'not-taken'],
    ['draft', 'taken'],
    ['again', 'not-taken'],
    ['release', 'taken'],
  ]);
  const rounds = ended.rounds.filter(({ agentId }) => agentId === 'write');
  expect(rounds).toMatchObject([
    { round: 1, rounds: 4, status: 'completed', freshThread: null },
    { round: 2, rounds: 4, status: 'completed', freshThread: null },
    { round: 3, rounds: 4, status: 'completed', freshThread: null },
  ]);
  const events = (await world.run('logs', id, '--json')).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const launches = events.filter(
    ({ type, agentId }) => type === 'LaunchIntended' && agentId === 'write',
  );
  expect(new Set(launches.map(({ threadId }) => threadId)).size).toBe(1);
  expect(launches).toHaveLength(3);

  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: world.repository, encoding: 'utf8' }).trim();
  const [branch] = named(ended, 'publish').branches;
  const files = git('ls-tree', '-r', '--name-only', branch?.branch ?? '').split('\n');
  expect(files).toEqual(expect.arrayContaining(['plan.md', 'draft.md', 'published.md']));
  expect(git('status', '--porcelain')).toBe('');
  expect(git('show', `${branch?.branch}:plan.md`)).toBe('Fewer');

  const shown = (await world.run('show', id)).stdout;
  expect(shown).toContain('round 3 of 4: its exit condition was met');
  expect(shown).toMatch(/Round 2\/4 +\S+ completed/);
  const archive = `${world.folder}/session.zip`;
  await answer(id, 'export', '-o', archive);
  const exported = readZip(readFileSync(archive));
  expect(String(exported.get('plans/1-plan-attempt-1.md'))).toBe(plan);
  expect(String(exported.get('plans/1-plan-attempt-1.diff'))).toContain('+Only what is needed.');
  const flow = JSON.parse(String(exported.get('flow.json')));
  expect(flow.steps.map(({ type }: { type: string }) => type)).toEqual([
    'GateOpened',
    'GateAnswered',
    'ConnectionDecided',
    'ConnectionDecided',
    'ConnectionDecided',
    'RoundOpened',
    'ConnectionDecided',
    'RoundOpened',
    'ConnectionDecided',
    'GateOpened',
    'LoopEnded',
    'GateAnswered',
    'GateOpened',
    'GateAnswered',
  ]);
});
