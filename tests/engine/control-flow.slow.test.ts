import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SessionReader } from '../../src/server/session-reader.ts';
import { questionView } from '../../src/server/views/flow-view.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { questionsOf } from '../../src/session/session-flow.ts';
import { questionId } from '../../src/session/status/question-text.ts';
import { agentStatus, sessionStatus } from '../../src/session/status/session-status.ts';
import {
  agent,
  answer,
  conditionalWorkflow,
  contentOf,
  controlFlow,
  decision,
  eventsOf,
  gatedWorkflow,
  isAsking,
  loopUntilApproved,
  outcomeOf,
  promptsOf,
  say,
  script,
} from '../../testing/control-flow.ts';
import { agentNamed, isOver, openWorld, start, type World } from '../../testing/engine-world.ts';

describe('a condition', () => {
  test('is requested once in the same thread when it is missing', async () => {
    await using world = await openWorld();
    const id = await start(world, conditionalWorkflow(world.repository, 'All is well.'));
    const state = await world.until(id, isOver);
    // An agent without a script says that it holds.
    expect(outcomeOf(state, 'fix')).toBe('completed');
    expect(outcomeOf(state, 'release')).toBe('skipped');
    expect(agentNamed(state, 'review').attempts[0]?.turns).toMatchObject([
      { purpose: 'initial' },
      { purpose: 'decision' },
    ]);
    expect(contentOf(world, id, 'bad')).toEqual(['All is well.']);
  });

  test('is not changed by what the agent says later, and its transcript says so', async () => {
    await using world = await openWorld();
    const made = decision({ bad: { holds: false, reason: 'All green.' } });
    const id = await start(world, conditionalWorkflow(world.repository, made));
    await world.until(id, isOver);
    const later = script(say(decision({ bad: { holds: true, reason: 'One is red.' } })));
    await world.engine.followUp(id, agentNamed(world.state(id), 'review').id, later);
    const state = await world.until(
      id,
      (one) => isOver(one) && agentNamed(one, 'review').attempts[0]?.turns[1]?.ended != null,
    );
    expect(outcomeOf(state, 'fix')).toBe('skipped');
    expect(eventsOf(world, id, 'RunEnded').at(-1)).toMatchObject({
      agentId: 'review',
      notes: [
        'In its latest message, the agent says that the condition of the connection to "fix" holds. This no longer counts, because it was already decided that it does not hold.',
      ],
    });
  });

  test('that cannot be determined is decided by the user, also after a restart', async () => {
    await using world = await openWorld();
    await fetch(`${world.rehearsal.url}/rehearsal/scripts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        match: { text: 'does not say clearly' },
        answer: 'Hard to say.',
      }),
    });
    const id = await start(world, conditionalWorkflow(world.repository, 'All is well.'));
    await world.until(id, isAsking);
    await world.restart();
    const state = world.state(id);
    expect(sessionStatus(state)).toBe('waiting');
    expect(agentStatus(state, agentNamed(state, 'fix'))).toBe('requires-action');
    await answer(world, id, 'reject', 'The tests pass.');
    const over = await world.until(id, isOver);
    expect(outcomeOf(over, 'fix')).toBe('skipped');
    expect(outcomeOf(over, 'release')).toBe('completed');
    expect(over.phase).toMatchObject({ outcome: 'finished' });
  });

  test('is decided by an expression over the structured hand-off, next to a decision in words', async () => {
    await using world = await openWorld();
    const message = [
      'Done.',
      '```json\n{"findings": []}\n```',
      decision({ words: { holds: true, reason: 'So.' } }),
    ].join('\n\n');
    const handoffSchema = { type: 'object', required: ['findings'] };
    const id = await start(
      world,
      controlFlow(
        world.repository,
        [agent('a', `Work.\n\n${script(say(message))}`), agent('b'), agent('c')],
        [
          {
            id: 'expressed',
            source: 'a',
            target: 'b',
            flowType: 'conditional',
            expression: 'size(handoff.findings) > 0',
            handoffFormat: 'structured-json',
            handoffSchema,
          },
          {
            id: 'words',
            source: 'a',
            target: 'c',
            flowType: 'conditional',
            condition: 'So.',
            handoffFormat: 'structured-json',
            handoffSchema,
          },
        ],
      ),
    );
    const state = await world.until(id, isOver);
    expect(outcomeOf(state, 'b')).toBe('skipped');
    expect(outcomeOf(state, 'c')).toBe('completed');
    expect(contentOf(world, id, 'words')).toEqual(['{\n  "findings": []\n}']);
  });
});

describe('an approval gate', () => {
  test('that is rejected skips the agents after it, with the note as the cause', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    await world.until(id, isAsking);
    await answer(world, id, 'reject', 'Not this week.');
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'failed' });
    expect(agentNamed(state, 'publish').phase).toMatchObject({
      outcome: 'skipped',
      cause: { code: 'gate_rejected', note: 'Not this week.', upstreamAgentId: 'write' },
    });
  });

  test('sends changes back to the agent in its thread, and asks again', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    await world.until(id, isAsking);
    await answer(world, id, 'changes', 'Shorter, please.');
    const state = await world.until(
      id,
      (one) => questionsOf(one)[0]?.kind === 'gate' && one.flow.gates[0]?.number === 2,
    );
    expect(agentNamed(state, 'write').attempts).toHaveLength(1);
    expect(agentNamed(state, 'write').attempts[0]?.turns).toHaveLength(2);
    expect((await promptsOf(world)).flat().at(-1)).toContain('Shorter, please.');
    await answer(world, id, 'approve');
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });
});

describe('an answer', () => {
  const say = (
    world: World,
    id: SessionId,
    given: 'approve' | 'reject' | 'changes',
    note: string | null,
  ) => world.engine.answer(id, { question: 'gate', answer: given, note, plan: null, by: 'test' });

  test('given in two windows at once is used once, and the other window is informed', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    await world.until(id, isAsking);
    const [first, second] = await Promise.all([
      say(world, id, 'approve', null),
      say(world, id, 'reject', 'No.'),
    ]);
    expect(first).toMatchObject({ ok: true });
    expect(second).toMatchObject({ ok: false, error: { code: 'already_answered' } });
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
    expect(eventsOf(world, id, 'GateAnswered')).toHaveLength(1);
  });

  test('after a cancellation or for a dismissed session starts nothing', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    await world.until(id, isAsking);
    await world.engine.cancel(id);
    expect(await say(world, id, 'approve', null)).toMatchObject({
      ok: false,
      error: { code: 'no_open_question' },
    });
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'cancelled' });
    await world.engine.dismiss([id]);
    expect(await say(world, id, 'reject', 'No.')).toMatchObject({
      ok: false,
      error: { code: 'no_open_question' },
    });
    expect(agentNamed(world.state(id), 'publish').attempts).toEqual([]);
  });

  test('that asks an archived agent for changes leaves the gate open, and says why', async () => {
    await using world = await openWorld();
    const id = await start(world, gatedWorkflow(world.repository));
    const asking = await world.until(id, isAsking);
    const thread = agentNamed(asking, 'write').attempts[0]?.threadId;
    await fetch(`${world.rehearsal.url}/v1/agents/${thread}/archive`, {
      method: 'POST',
      headers: { authorization: 'Bearer crsr_test' },
    });
    await say(world, id, 'changes', 'Shorter.');
    const again = await world.until(id, (one) => one.flow.gates[0]?.number === 2 && isAsking(one));
    const [question] = questionsOf(again);
    if (question === undefined) throw new Error('Nothing is asked');
    expect(questionView(again, question).reason).toMatch(/could not be sent: .*archived/);
    await say(world, id, 'approve', null);
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });
});

test('a plan is proposed, approved and executed in one thread', async () => {
  await using world = await openWorld();
  const id = await start(
    world,
    controlFlow(world.repository, [agent('a', 'Work.', { planFirst: true })], []),
  );
  const planned = await world.until(id, isAsking);
  expect(agentStatus(planned, agentNamed(planned, 'a'))).toBe('requires-action');
  expect(agentNamed(planned, 'a').attempts[0]).toMatchObject({ mode: 'plan' });
  await answer(world, id, 'approve', 'Go.');
  const state = await world.until(id, isOver);
  expect(state.phase).toMatchObject({ outcome: 'finished' });
  const [attempt, ...others] = agentNamed(state, 'a').attempts;
  expect(others).toEqual([]);
  expect(attempt).toMatchObject({
    mode: 'agent',
    turns: [{ purpose: 'initial' }, { purpose: 'carry-out' }],
  });
  expect(attempt?.branches.length).toBe(1);
});

test('the agent executes the plan as edited by the user, in the same thread', async () => {
  await using world = await openWorld();
  const id = await start(
    world,
    controlFlow(world.repository, [agent('a', 'Work.', { planFirst: true })], []),
  );
  const planned = await world.until(id, isAsking);
  const proposed = agentNamed(planned, 'a').attempts[0]?.turns[0]?.ended?.result;
  const plan = `Only this:\n\n${script('write other.md Mine', 'conclude')}`;
  await answer(world, id, 'approve', 'Go.', plan);
  const state = await world.until(id, isOver);
  expect(state.phase).toMatchObject({ outcome: 'finished' });
  expect(eventsOf(world, id, 'GateAnswered')).toMatchObject([{ plan: { proposed, edited: plan } }]);
  const [attempt] = agentNamed(state, 'a').attempts;
  expect(attempt?.turns).toMatchObject([{ purpose: 'initial' }, { purpose: 'carry-out' }]);
  const [[, told = '']] = (await promptsOf(world)) as [string[]];
  expect(told).toMatch(/^Your plan is approved with changes/);
  expect(told).toContain(`\`\`\`\`plan\n${plan}\n\`\`\`\``);
  const branch = attempt?.branches[0]?.branch ?? '';
  const files = execFileSync('git', ['ls-tree', '-r', '--name-only', branch], {
    cwd: world.repository.replace('file://', ''),
    encoding: 'utf8',
  });
  expect(files.split('\n')).toContain('other.md');
  const detail = new SessionReader(world.journal, '/home').detail(id);
  expect(detail.plans).toMatchObject([{ agentId: 'a', proposed, edited: plan, answer: 'approve' }]);
});

describe('a loop', () => {
  test('of a single agent ends after the maximum number of rounds', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      controlFlow(world.repository, [agent('a', 'Work.', { loop: { maxIterations: 2 } })], []),
    );
    const state = await world.until(id, isOver);
    expect(agentNamed(state, 'a').attempts.map(({ round }) => round)).toEqual([1, 2]);
    expect(eventsOf(world, id, 'LoopEnded')).toMatchObject([{ cause: 'most-rounds', round: 2 }]);
  });

  test('uses a new thread, and reports that, if the old one can no longer be used', async () => {
    await using world = await openWorld();
    const said = decision({ again: { holds: false, reason: 'A typo is left.' } });
    await world.fault({
      match: { operation: 'createRun', nth: 1 },
      effect: { kind: 'error', code: 'agent_busy', status: 409 },
    });
    const id = await start(world, loopUntilApproved(world.repository, `A typo.\n\n${said}`));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const [first, second] = agentNamed(state, 'write').attempts;
    expect(second?.threadId).not.toBe(first?.threadId);
    expect(second?.replaced).toMatchObject({ code: 'busy' });
    expect(eventsOf(world, id, 'ThreadReplaced')).toHaveLength(1);
  });
});

describe('the examples', () => {
  const folder = join(import.meta.dirname, '../../examples');
  const files = [
    'review-until-approved.cerevisor',
    'triage-with-branches.cerevisor',
    'migrate-with-approval.cerevisor',
  ];
  const runs = files.flatMap((file) => (['cloud', 'local'] as const).map((mode) => [file, mode]));

  test.each(runs)(
    '%s runs to its end in %s mode when everything is approved',
    async (file, mode) => {
      await using world = await openWorld();
      const document = JSON.parse(readFileSync(join(folder, String(file)), 'utf8'));
      document.settings.runMode = mode;
      document.settings.cloud = { repos: [{ url: world.repository }] };
      const id = await start(world, document, { folder: world.repository });
      for (;;) {
        const state = await world.until(id, (one) => isOver(one) || isAsking(one));
        if (isOver(state)) break;
        const [question] = questionsOf(state);
        await world.engine.answer(id, {
          question: question === undefined ? null : questionId(question),
          answer: 'approve',
          note: null,
          plan: null,
          by: 'test',
        });
      }
      expect(world.state(id).phase).toMatchObject({ outcome: 'finished' });
    },
  );
});
