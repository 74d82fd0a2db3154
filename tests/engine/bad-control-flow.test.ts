import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowProblems } from '../../src/handoff/problems.ts';
import { validate } from '../../src/server/workflow-validation.ts';
import { workflowFrom } from '../../src/workflow/parse.ts';
import { agent, controlFlow } from '../../testing/control-flow.ts';
import { openWorld, type World } from '../../testing/engine-world.ts';
import { directChecker } from '../../testing/handoff.ts';
import { cursorAlone } from '../../testing/providers.ts';

/** `validate`, the canvas (which asks the API) and `run` say the same about control flow that cannot work. */
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

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
  readonly connections: readonly object[];
  readonly own?: readonly object[];
};

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
  { what: 'a cycle that is no loop', code: 'cycle', connections: [...chain, way('c->a')] },
];

type Told = { readonly severity: string; readonly code: string; readonly pointer: string };

const errorsOf = (problems: readonly Told[]): string[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map((problem) => `${problem.code} ${problem.pointer}`)
    .toSorted();

test.each(bad)(
  '$what is refused by everyone, with the same words, before anything starts',
  async ({ code, connections, own = agents }) => {
    const document = controlFlow(world.repository, own, connections);
    const read = workflowFrom(document);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const byCommand = await workflowProblems(read.workflow, directChecker);
    const byApi = await validate(
      { workflow: document },
      { handoffs: directChecker, backend: () => 'rehearsal', providers: cursorAlone.known },
    );
    const byPreflight = await world.engine.preflight({ workflow: document });
    if (!byApi.ok) throw new Error(byApi.error.message);
    const told = errorsOf(byPreflight.problems);
    expect(told.join()).toContain(code);
    expect(errorsOf(byApi.value.problems)).toEqual(told);
    expect(errorsOf(byCommand)).toEqual(
      expect.arrayContaining(told.filter((text) => !text.startsWith('repository'))),
    );
    expect([byApi.value.ok, byPreflight.canStart]).toEqual([false, false]);
    const started = await world.engine.start({ workflow: document });
    expect(started).toMatchObject({ ok: false, error: { code: 'preflight_failed' } });
    expect(world.journal.sessions({ limit: 10 }).total).toBe(0);
    for (const { message, suggestion } of byPreflight.problems)
      expect(`${message} ${suggestion ?? ''}`).not.toMatch(/undefined|NaN|\[object/);
  },
);
