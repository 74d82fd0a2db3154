import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { validateWorkflow } from '../validate.ts';
import { expressionProblems } from './expressions.ts';

type Parts = NonNullable<Parameters<typeof sampleWorkflow>[0]>;
type Connection = Exclude<NonNullable<Parts['connections']>[number], string>;

const found = (parts: Parts) =>
  validateWorkflow(sampleWorkflow(parts)).map(
    ({ severity, code, pointer }) => `${severity} ${code} ${pointer}`,
  );

const between = (...connections: (string | Connection)[]) =>
  found({ agents: [...'abcde'], connections });

const when = (ends: string, more: Partial<Connection> = {}): Connection => ({
  ...endsOf(ends),
  flowType: 'conditional',
  ...more,
});
const back = (ends: string, more: Partial<Connection> = {}): Connection => ({
  ...endsOf(ends),
  flowType: 'loop',
  ...more,
});
const endsOf = (ends: string) => {
  const [source = '', target = ''] = ends.split('->');
  return { id: ends, source, target };
};

describe('a connection', () => {
  it("must not have the id of an agent's loop, plan or verdict", () => {
    const named = (id: string, ends: string) => ({ ...endsOf(ends), id });
    expect(
      between(
        named('loop:a', 'a->b'),
        named('plan:b', 'b->c'),
        named('verdict:c', 'c->d'),
        named('loop:nobody', 'd->e'),
      ),
    ).toEqual([
      'error connection_id_reserved connections[0].id',
      'error connection_id_reserved connections[1].id',
      'error connection_id_reserved connections[2].id',
    ]);
  });
});

describe('a conditional connection', () => {
  it('is valid with a condition, an expression, or as an else branch', () => {
    const condition = 'It is a bug.';
    expect(
      between(
        when('a->b', { condition }),
        when('a->c', { expression: 'handoff.isQuestion' }),
        when('a->d', { isElse: true }),
      ),
    ).toEqual([]);
  });

  it('needs a condition', () => {
    expect(between(when('a->b'), when('a->c', { condition: ' \n' }))).toEqual([
      'error condition_missing connections[0]',
      'error condition_missing connections[1]',
    ]);
    expect(between(when('a->b', { condition: '\u200B\uFEFF \u2060' }))).toEqual([
      'error condition_missing connections[0]',
    ]);
  });

  it('may be an else branch only once per agent', () => {
    const condition = 'It is a bug.';
    expect(
      between(
        when('a->b', { isElse: true }),
        when('a->c', { condition }),
        when('a->d', { isElse: true }),
        when('b->c', { condition }),
        when('b->d', { isElse: true }),
        when('a->e', { isElse: true }),
      ),
    ).toEqual([
      'error else_duplicate connections[2].isElse',
      'error else_duplicate connections[5].isElse',
    ]);
  });

  it('may be an else branch only next to a condition of the same agent', () => {
    expect(
      between(
        when('a->b', { isElse: true }),
        when('a->c', { isElse: true }),
        when('b->d', { condition: 'It is urgent.' }),
      ),
    ).toEqual([
      'error else_without_condition connections[0].isElse',
      'error else_without_condition connections[1].isElse',
    ]);
  });

  it('reports fields without effect', () => {
    const condition = 'It is a bug.';
    expect(
      between(
        when('a->b', { condition, expression: 'handoff.isBug' }),
        when('a->c', { isElse: true, condition }),
        { ...endsOf('a->d'), isElse: true },
        { ...endsOf('a->e'), flowType: 'approval-gate', expression: 'handoff.isBug' },
      ),
    ).toEqual([
      'warning condition_without_effect connections[0].condition',
      'warning condition_without_effect connections[1].condition',
      'warning condition_without_effect connections[2].isElse',
      'warning condition_without_effect connections[3].expression',
    ]);
  });
});

describe('an approval gate', () => {
  it('needs no prompt', () => {
    expect(between({ ...endsOf('a->b'), flowType: 'approval-gate' })).toEqual([]);
    expect(between({ ...endsOf('a->nobody'), flowType: 'approval-gate' })).toEqual([
      'error connection_dangling connections[0].target',
    ]);
  });
});

describe('a loop', () => {
  const loopCondition = 'The review has no findings.';

  it('closes no cycle, and may end by a condition, an expression or a number of rounds', () => {
    expect(between('a->b', 'b->c', back('c->a', { loopCondition }))).toEqual([]);
    expect(between('a->b', back('b->a', { expression: 'handoff.isDone' }))).toEqual([]);
    expect(between('a->b', back('b->a', { maxIterations: 2 }))).toEqual([
      'warning loop_without_condition connections[1]',
    ]);
  });

  it('needs an exit condition or a number of rounds', () => {
    expect(between('a->b', back('b->a'))).toEqual(['error loop_without_exit connections[1]']);
    expect(between('a->b', back('b->a', { loopCondition: ' ' }))).toEqual([
      'error loop_without_exit connections[1]',
    ]);
    const agents = [
      { id: 'a', loop: {} },
      { id: 'b', loop: { maxIterations: 2 } },
    ];
    expect(found({ agents })).toEqual([
      'error loop_without_exit agents[0].loop',
      'warning loop_without_condition agents[1].loop',
    ]);
    expect(found({ agents: [{ id: 'a', loop: { exitCondition: 'Done.' } }] })).toEqual([]);
  });

  it('must lead back to an earlier agent', () => {
    expect(between('a->b', 'a->c', back('a->b', { loopCondition }))).toEqual([
      'error connection_duplicate connections[2]',
      'error loop_not_back connections[2]',
    ]);
    expect(between('a->b', 'a->c', back('b->c', { loopCondition }))).toEqual([
      'error loop_not_back connections[2]',
    ]);
    expect(between('a->b', back('b->b', { loopCondition }))).toEqual([
      'error connection_to_itself connections[1]',
    ]);
    expect(between('a->b', back('b->x', { loopCondition }))).toEqual([
      'error connection_dangling connections[1].target',
    ]);
  });

  it('does not make a cycle of other connections valid; the error suggests a loop', () => {
    const workflow = sampleWorkflow({ agents: ['a', 'b'], connections: ['a->b', 'b->a'] });
    const [problem] = validateWorkflow(workflow);
    expect(problem).toMatchObject({
      code: 'connection_cycle',
      suggestion: expect.stringContaining('"loop"'),
    });
  });

  it('may have connections to or from another loop, but not both', () => {
    const apart = ['a->b', 'c->d', 'a->d'];
    const loops = [back('b->a', { loopCondition }), back('d->c', { loopCondition })];
    expect(between(...apart, ...loops)).toEqual([]);
    expect(between(...apart, 'c->b', ...loops)).toEqual([
      'error loops_wait_for_each_other connections[5]',
    ]);
  });

  it('may be inside another one or next to it, but must not cross it', () => {
    const chain = ['a->b', 'b->c', 'c->d', 'd->e'];
    const inside = [back('d->a', { loopCondition }), back('c->b', { loopCondition })];
    expect(between(...chain, ...inside)).toEqual([]);
    const beside = [back('b->a', { loopCondition }), back('d->c', { loopCondition })];
    expect(between(...chain, ...beside)).toEqual([]);
    const crossing = [back('c->a', { loopCondition }), back('d->b', { loopCondition })];
    expect(between(...chain, ...crossing)).toEqual(['error loops_cross connections[5]']);
  });

  it('is named by its label, or by the agents that it connects', () => {
    const agents = [...'abcd'].map((id) => ({ id, name: `Agent ${id.toUpperCase()}` }));
    const messages = (...loops: Connection[]) =>
      validateWorkflow(
        sampleWorkflow({ agents, connections: ['a->b', 'b->c', 'c->d', ...loops] }),
      ).map(({ message }) => message);
    expect(messages(back('c->a'))).toEqual([
      'The loop from "Agent C" to "Agent A" has neither an exit condition nor a maximum number of rounds.',
    ]);
    expect(messages(back('c->a', { label: 'Polish' }))).toEqual([
      'Loop "Polish" has neither an exit condition nor a maximum number of rounds.',
    ]);
    expect(
      messages(back('c->a', { loopCondition }), back('d->b', { loopCondition, label: 'Polish' })),
    ).toEqual([
      'The loop from "Agent C" to "Agent A" and loop "Polish" overlap: both repeat agent "Agent B", but neither contains the other.',
    ]);
  });

  it('has a limited number of rounds, also inside other loops', () => {
    const rounds = (maxIterations: number) => ({ loopCondition, maxIterations });
    expect(between('a->b', back('b->a', rounds(200)))).toEqual([
      'error too_many_rounds connections[1].maxIterations',
    ]);
    expect(between('a->b', back('b->a', rounds(100)))).toEqual([]);
    const chain = ['a->b', 'b->c'];
    expect(between(...chain, back('c->a', rounds(20)), back('b->a', rounds(60)))).toEqual([
      'error too_many_rounds connections[3].maxIterations',
    ]);
    const own = { id: 'b', loop: { exitCondition: 'Done.', maxIterations: 60 } };
    const around = back('c->a', rounds(20));
    expect(found({ agents: ['a', own, 'c'], connections: [...chain, around] })).toEqual([
      'error too_many_rounds agents[1].loop.maxIterations',
    ]);
    const agents = [{ id: 'a', loop: { exitCondition: 'Done.', maxIterations: 200 } }];
    const settings = { loopAndEnhance: { maxRounds: 200 } };
    expect(found({ agents, settings })).toEqual([
      'error too_many_rounds agents[0].loop.maxIterations',
      'error too_many_rounds settings.loopAndEnhance.maxRounds',
    ]);
  });

  it('lets an agent read what a later one wrote in the previous round', () => {
    const agents = [
      { id: 'a', inputFiles: ['review.md'] },
      { id: 'b', outputFiles: ['review.md'] },
    ];
    expect(found({ agents, connections: ['a->b', back('b->a', { loopCondition })] })).toEqual([]);
    expect(found({ agents, connections: ['a->b'] })).toEqual([
      'error file_dependency_cycle agents[0].inputFiles',
    ]);
  });
});

describe('planning first', () => {
  it('warns about a plan that would never be carried out', () => {
    expect(found({ agents: [{ id: 'a', planFirst: true, mode: 'plan' }] })).toEqual([
      'warning plan_first_in_plan_mode agents[0].planFirst',
    ]);
  });
});

describe('Loop & Enhance', () => {
  const enhanced = (loopAndEnhance: object, cloud: object = {}) => ({
    loopAndEnhance: { enabled: true, budgetTokens: 1_000_000, ...loopAndEnhance },
    cloud: { repos: [{ url: 'https://github.com/acme/shop' }], ...cloud },
  });

  it('warns about pull requests in each round, and about a single round', () => {
    expect(found({ settings: enhanced({ maxRounds: 1 }, { autoCreatePR: true }) })).toEqual([
      'warning single_round settings.loopAndEnhance.maxRounds',
      'warning pull_requests_each_round settings.cloud.autoCreatePR',
    ]);
    expect(found({ settings: { loopAndEnhance: { maxRounds: 1 } } })).toEqual([]);
  });

  it('needs a planner that can run, and existing verifiers', () => {
    const settings = enhanced({
      plannerProviderId: 'codex',
      plannerModel: ' ',
      verifiers: ['a', 'nobody'],
    });
    expect(found({ agents: ['a', { id: 'loop-and-enhance' }], settings })).toEqual([
      'error agent_id_reserved agents[1].id',
      'error planner_needs_folder settings.loopAndEnhance.plannerProviderId',
      'error planner_model_blank settings.loopAndEnhance.plannerModel',
      'error verifier_unknown settings.loopAndEnhance.verifiers[1]',
    ]);
  });

  it('notes that a budget in money alone never ends the rounds', () => {
    const { cloud, loopAndEnhance } = enhanced({});
    const { budgetTokens: _, ...inMoneyAlone } = loopAndEnhance;
    const settings = { cloud, loopAndEnhance: inMoneyAlone };
    expect(found({ settings })).toEqual([
      'notice budget_not_binding settings.loopAndEnhance.budgetUsd',
    ]);
  });

  it.each([
    ['a budget in tokens for the whole session', { budget: { tokens: 1_000 } }, {}],
    ['a single round', {}, { maxRounds: 1 }],
    ['a planner whose provider reports money', {}, { plannerProviderId: 'anthropic' }],
    [
      'agents whose provider reports money',
      { providerId: 'anthropic', runMode: 'local' as const },
      {},
    ],
  ])('says nothing of it where it would help nobody: %s', (_, more, rounds) => {
    const { cloud } = enhanced({});
    const settings = { cloud, loopAndEnhance: { enabled: true, ...rounds }, ...more };
    expect(found({ settings }).join()).not.toContain('budget_not_binding');
  });

  it('does not note that if the run has a token budget', () => {
    const { cloud } = enhanced({});
    const workflow = sampleWorkflow({ settings: { cloud, loopAndEnhance: { enabled: true } } });
    const codes = (tokenBudget?: number) =>
      validateWorkflow(workflow, tokenBudget === undefined ? {} : { tokenBudget }).map(
        ({ code }) => code,
      );
    expect([codes(), codes(1_000)]).toEqual([['budget_not_binding'], []]);
  });

  it("needs the workflow's provider for its planner, even if every agent has its own", () => {
    const agents = [{ id: 'a', providerId: 'cursor-agent' }];
    const settings = { ...enhanced({}), providerId: 'gone' };
    const providers = { defaultId: 'cursor-agent', references: ['cursor-agent'] };
    const codes = validateWorkflow(sampleWorkflow({ agents, settings }), { providers });
    expect(codes.map(({ code, pointer }) => `${code} ${pointer}`)).toContain(
      'provider_unknown settings.providerId',
    );
  });
});

describe('an expression', () => {
  const schema = { type: 'object', properties: { isBug: { type: 'boolean' } } };
  const structured = { handoffFormat: 'structured-json', handoffSchema: schema } as const;
  const foundIn = (connection: Connection) =>
    expressionProblems(sampleWorkflow({ agents: ['a', 'b'], connections: [connection] })).map(
      ({ severity, code, pointer }) => `${severity} ${code} ${pointer}`,
    );

  it('uses the fields of a structured hand-off or the round', () => {
    expect(foundIn(when('a->b', { ...structured, expression: 'handoff.isBug' }))).toEqual([]);
    expect(foundIn(back('b->a', { expression: 'round >= 3' }))).toEqual([]);
    expect(foundIn(when('a->b', { expression: 'handoff.isBug' }))).toEqual([
      'error expression_without_structure connections[0].expression',
    ]);
  });

  it('with a mistake is an error with its position', () => {
    const connection = when('a->b', { ...structured, expression: 'handoff.isBug = true' });
    const workflow = sampleWorkflow({ agents: ['a', 'b'], connections: [connection] });
    expect(expressionProblems(workflow)).toMatchObject([
      {
        code: 'expression_invalid',
        severity: 'error',
        pointer: 'connections[0].expression',
        message: expect.stringContaining('Unexpected character: = (character 15)'),
      },
    ]);
    expect(foundIn(back('b->a', { ...structured, expression: '' }))).toEqual([
      'error expression_invalid connections[0].expression',
    ]);
  });

  it('causes a warning if it reads a field that the schema does not define', () => {
    const expression = 'handoff.isBugg';
    const unknown = ['warning expression_field_unknown connections[0].expression'];
    expect(foundIn(when('a->b', { ...structured, expression }))).toEqual(unknown);
    for (const handoffSchema of [true, {}, { ...schema, $ref: '#/$defs/other' }])
      expect(foundIn(when('a->b', { ...structured, handoffSchema, expression }))).toEqual([]);
  });

  it('is not validated if it has no effect', () => {
    expect(foundIn(when('a->b', { isElse: true, expression: '(' }))).toEqual([]);
    expect(foundIn({ ...endsOf('a->b'), expression: '(' })).toEqual([]);
  });
});
