import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowProblems } from '../../src/handoff/problems.ts';
import { validate } from '../../src/server/workflow-validation.ts';
import { workflowFrom } from '../../src/workflow/parse.ts';
import { agent, controlFlow } from '../../testing/control-flow.ts';
import { FakeWorld, REMOTE } from '../../testing/engine/fake-world.ts';
import { directChecker } from '../../testing/handoff-checker.ts';

/** `validate`, the canvas (which asks the API) and `run` say the same about control flow that cannot work. */
const providers = { defaultId: 'cursor-agent', references: ['cursor-agent'] };
let world: FakeWorld;
beforeAll(() => {
  world = new FakeWorld({
    providers: { defaultId: providers.defaultId, choices: { 'cursor-agent': cursor } },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const cursor = { id: 'cursor-agent', name: 'Cursor Agent', runtime: 'cursor-local' } as const;
const agents = [...'abcd'].map((id) => agent(id));
const way = (ends: string, more: object = {}) => {
  const [source = '', target = ''] = ends.split('->');
  return { id: ends, source, target, ...more };
};
const loop = (ends: string, more: object = { loopCondition: 'Done.' }) =>
  way(ends, { flowType: 'loop', ...more });
const when = (ends: string, more: object = {}) => way(ends, { flowType: 'conditional', ...more });

const chain = ['a->b', 'b->c', 'c->d'].map((ends) => way(ends));

type Bad = {
  readonly what: string;
  readonly code: string;
  readonly connections?: readonly object[];
  readonly own?: readonly object[];
  readonly settings?: object;
};

/** Zero-width spaces, a byte order mark, and a filler of Hangul: nothing that anyone could read. */
const UNSEEN = '\u200B\uFEFF \u3164';
const enhanced = (more: object) => ({ loopAndEnhance: { enabled: true, ...more } });

const bad: readonly Bad[] = [
  {
    what: 'a loop without an exit or a most',
    code: 'loop_without_exit',
    connections: [...chain, loop('c->a', {})],
  },
  {
    what: 'a loop that leads nowhere back',
    code: 'loop_not_back',
    connections: [...chain, loop('a->c')],
  },
  {
    what: 'a condition without words',
    code: 'condition_missing',
    connections: [when('a->b'), way('a->c')],
  },
  {
    what: 'an else without a condition beside it',
    code: 'else_without_condition',
    connections: [when('a->b', { isElse: true })],
  },
  {
    what: 'a gate upstream of nothing',
    code: 'connection_dangling',
    connections: [...chain, way('d->nobody', { flowType: 'approval-gate' })],
  },
  {
    what: 'loops that cross',
    code: 'loops_cross',
    connections: [...chain, loop('c->a'), loop('d->b')],
  },
  {
    what: 'an expression with an error',
    code: 'expression_invalid',
    connections: [when('a->b', { expression: 'handoff.kind ==' }), when('a->c', { isElse: true })],
  },
  {
    what: '200 rounds',
    code: 'too_many_rounds',
    connections: [...chain, loop('c->a', { maxIterations: 200 })],
  },
  {
    what: '200 rounds of an agent by itself',
    code: 'too_many_rounds',
    connections: chain,
    own: [
      agent('a', 'Work.', { loop: { exitCondition: 'Done.', maxIterations: 200 } }),
      ...agents.slice(1),
    ],
  },
  {
    what: 'loops in loops with more rounds than anybody wants',
    code: 'too_many_rounds',
    connections: [
      ...chain,
      loop('d->a', { maxIterations: 50 }),
      loop('c->b', { maxIterations: 50 }),
    ],
  },
  {
    what: 'a cycle that is no loop',
    code: 'connection_cycle',
    connections: [...chain, way('c->a')],
  },
  {
    what: 'a condition that nobody can see',
    code: 'condition_missing',
    connections: [when('a->b', { condition: UNSEEN }), way('a->c')],
  },
  {
    what: 'an exit condition that nobody can see',
    code: 'loop_without_exit',
    connections: [...chain, loop('c->a', { loopCondition: UNSEEN })],
  },
  {
    what: 'an exit condition of an own loop that nobody can see',
    code: 'loop_without_exit',
    own: [agent('a', 'Work.', { loop: { exitCondition: UNSEEN } })],
  },
  {
    what: 'instructions that nobody can see',
    code: 'agent_instructions_blank',
    own: [agent('a', UNSEEN)],
  },
  {
    what: 'two else branches of one agent',
    code: 'else_duplicate',
    connections: [
      when('a->b', { condition: 'It is a bug.' }),
      when('a->c', { isElse: true }),
      when('a->d', { isElse: true }),
    ],
  },
  {
    what: 'an else beside a connection that is always taken',
    code: 'else_without_condition',
    connections: [way('a->b'), when('a->c', { isElse: true })],
  },
  {
    what: 'an else beside a condition of another agent',
    code: 'else_without_condition',
    connections: [
      way('a->b'),
      when('b->c', { condition: 'It is a bug.' }),
      when('a->d', { isElse: true }),
    ],
  },
  {
    what: 'a blank expression',
    code: 'expression_invalid',
    connections: [when('a->b', { expression: UNSEEN })],
  },
  {
    what: 'an expression over a hand-off that is text',
    code: 'expression_without_structure',
    connections: [when('a->b', { expression: 'handoff.isBug' }), when('a->c', { isElse: true })],
  },
  {
    what: 'a loop of an agent to itself, drawn',
    code: 'connection_to_itself',
    connections: [...chain, loop('b->b')],
  },
  {
    what: 'a loop from an agent that does not exist',
    code: 'connection_dangling',
    connections: [...chain, loop('nobody->a')],
  },
  {
    what: 'a loop beside the same connection',
    code: 'connection_duplicate',
    connections: [...chain, loop('a->b')],
  },
  {
    what: 'loops that wait for each other',
    code: 'loops_wait_for_each_other',
    connections: [way('a->b'), way('c->d'), loop('b->a'), loop('d->c'), way('a->d'), way('c->b')],
  },
  {
    what: 'loops that cross only by the files that agents read',
    code: 'loops_cross',
    connections: [way('a->b'), way('b->c'), loop('c->a'), loop('d->b')],
    own: [
      ...['a', 'b'].map((id) => agent(id)),
      agent('c', 'Work.', { outputFiles: ['report.md'] }),
      agent('d', 'Work.', { inputFiles: ['report.md'] }),
    ],
  },
  {
    what: 'own rounds in the rounds of a loop, more than anybody wants',
    code: 'too_many_rounds',
    connections: [...chain, loop('c->a', { maxIterations: 50 })],
    own: [
      agent('a', 'Work.', { loop: { exitCondition: 'Done.', maxIterations: 50 } }),
      ...agents.slice(1),
    ],
  },
  {
    what: '200 rounds of the whole workflow',
    code: 'too_many_rounds',
    settings: enhanced({ maxRounds: 200 }),
  },
  {
    what: '200 rounds of the whole workflow, which are turned off',
    code: 'too_many_rounds',
    settings: { loopAndEnhance: { maxRounds: 200 } },
  },
  {
    what: 'a verifier that does not exist',
    code: 'verifier_unknown',
    settings: enhanced({ verifiers: ['nobody'] }),
  },
  {
    what: 'a planner whose model nobody can see',
    code: 'planner_model_blank',
    settings: enhanced({ plannerModel: UNSEEN }),
  },
  {
    what: 'a model of an agent that nobody can see',
    code: 'model_blank',
    own: [agent('a', 'Work.', { model: UNSEEN })],
  },
  {
    what: 'a planner on this machine, where no agent is',
    code: 'planner_needs_folder',
    settings: enhanced({ plannerProviderId: 'anthropic' }),
  },
  {
    what: 'a planner of a provider that is not there',
    code: 'provider_unknown',
    settings: enhanced({ plannerProviderId: 'gone' }),
  },
  {
    what: 'an agent with the id of the planner',
    code: 'agent_id_reserved',
    own: [...agents, agent('loop-and-enhance')],
    settings: enhanced({}),
  },
];

type Told = { readonly severity: string; readonly code: string; readonly pointer: string };

const errorsOf = (problems: readonly Told[]): string[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map((problem) => `${problem.code} ${problem.pointer}`)
    .toSorted();

test.each(bad)(
  '$what is refused by everyone, with the same words, before anything starts',
  async ({ code, connections = [], own = agents, settings }) => {
    const document = controlFlow(REMOTE, own, connections, settings);
    const read = workflowFrom(document);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const byCommand = await workflowProblems(read.workflow, directChecker);
    const judged = (body: { workflow: unknown } | { text: string }) =>
      validate(body, {
        ...{ handoffs: directChecker, backend: () => 'rehearsal' as const },
        providers: () => providers,
      });
    const byApi = await judged({ workflow: document });
    const ofText = await judged({ text: JSON.stringify(document) });
    const byPreflight = await world.engine.preflight({ workflow: document });
    if (!byApi.ok || !ofText.ok) throw new Error('The API did not judge it');
    const told = errorsOf(byPreflight.problems);
    expect(told.map((text) => text.split(' ')[0])).toContain(code);
    expect(errorsOf(byApi.value.problems)).toEqual(told);
    expect(errorsOf(ofText.value.problems)).toEqual(told);
    // The command line asks nobody which providers there are.
    expect(errorsOf(byCommand)).toEqual(told.filter((text) => !text.startsWith('provider_')));
    expect([byApi.value.ok, ofText.value.ok, byPreflight.canStart]).toEqual([false, false, false]);
    const started = await world.engine.start({ workflow: document });
    expect(started).toMatchObject({ ok: false, error: { code: 'preflight_failed' } });
    expect(world.journal.sessions({ limit: 10 }).total).toBe(0);
    for (const { message, suggestion } of byPreflight.problems)
      expect(`${message} ${suggestion ?? ''}`).not.toMatch(/undefined|NaN|\[object/);
  },
);
