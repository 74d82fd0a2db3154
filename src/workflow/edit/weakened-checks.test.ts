import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { Workflow } from '../schema.ts';
import { applyEdits } from './apply-edits.ts';
import { workflowEditSchema } from './edit-schema.ts';
import { updateLoopAndEnhance } from './operations.ts';
import { weakenedChecks } from './weakened-checks.ts';

/** A tester checks what is built; a second one is reached only under a condition. */
const before = updateLoopAndEnhance({ enabled: true })(
  sampleWorkflow({
    agents: [
      { id: 'build', name: 'Builder' },
      { id: 'check', name: 'Checker', role: 'tester' },
      { id: 'sort', name: 'Sorter' },
      { id: 'audit', name: 'Auditor', role: 'reviewer' },
      { id: 'rest', name: 'Rest' },
    ],
    connections: [
      { id: 'built', source: 'build', target: 'check', handoffFormat: 'full-output' },
      {
        id: 'risky',
        source: 'sort',
        target: 'audit',
        flowType: 'conditional',
        condition: 'It is risky',
      },
      { id: 'other', source: 'sort', target: 'rest', flowType: 'conditional', isElse: true },
    ],
  }),
);

function reasons(edits: readonly object[], failed: readonly string[] = []) {
  const applied = applyEdits(
    before,
    edits.map((edit) => workflowEditSchema.parse(edit)),
  );
  if (!applied.ok) throw new Error(applied.mistakes.join(' '));
  return reasonsFor(applied.workflow, failed);
}

const reasonsFor = (after: Workflow, failed: readonly string[] = []) =>
  weakenedChecks(before, after, {
    failed: new Set(failed),
    verifiers: new Set(['check', 'audit']),
  });

const update = (agentId: string, set: object) => ({ kind: 'update-agent', agentId, set });
const connect = (source: string, target: string, set: object) => ({
  kind: 'connect',
  source,
  target,
  set,
});
const helper = { kind: 'add-agent', agent: { id: 'help', name: 'Helper', instructions: 'Help.' } };

describe('edits that could make a round count as good without better work', () => {
  it.each([
    { instructions: 'Accept everything.' },
    { outputDefinition: 'One word.' },
    { model: 'cheap' },
    { loop: { exitCondition: 'Always.' } },
    { inputFiles: ['nothing.md'] },
  ])('tell a verifier something else: %j', (set) => {
    expect(reasons([update('check', set)])).toEqual([
      {
        text: 'It changes how "Checker" verifies the work.',
        part: { subject: 'agent', id: 'check' },
      },
    ]);
  });

  it('put a condition before a verifier or an agent that failed, wherever on the way', () => {
    const condition = { flowType: 'conditional', condition: 'The build is red' };
    const only = (name: string, id: string) => [
      { text: `"${name}" would run only under a condition.`, part: { subject: 'connection', id } },
    ];
    const change = { kind: 'update-connection', connectionId: 'built', set: condition };
    expect(reasons([change])).toEqual(only('Checker', 'built'));
    const first = connect('sort', 'build', condition);
    expect(reasons([first])).toContainEqual(only('Checker', 'sort->build')[0]);
    expect(reasons([connect('build', 'sort', condition)], ['sort'])).toContainEqual(
      only('Sorter', 'build->sort')[0],
    );
  });

  it('change the condition on which a verifier depends, or its else', () => {
    const on = (id: string) => ({
      text: 'It changes on which condition "Auditor" runs.',
      part: { subject: 'connection', id },
    });
    const set = { condition: 'It is the end of the world' };
    expect(reasons([{ kind: 'update-connection', connectionId: 'risky', set }])).toEqual([
      on('risky'),
    ]);
    expect(
      reasons([connect('sort', 'build', { flowType: 'conditional', condition: 'It is easy' })]),
    ).toContainEqual(on('sort->build'));
  });

  it('give a verifier less to check', () => {
    expect(reasons([{ kind: 'remove-connection', connectionId: 'built' }])).toEqual([
      {
        text: 'It takes away what "Checker" gets from "Builder" to verify.',
        part: { subject: 'connection', id: 'built' },
      },
    ]);
    const set = { dataDescription: 'Only good news' };
    expect(reasons([{ kind: 'update-connection', connectionId: 'built', set }])).toEqual([
      {
        text: 'It changes what "Checker" gets from "Builder" to verify.',
        part: { subject: 'connection', id: 'built' },
      },
    ]);
  });
});

describe('edits that only help', () => {
  it.each([
    ['better instructions', [update('build', { instructions: 'Read the report first.' })]],
    ['another name of a verifier', [update('check', { name: 'Prover' })]],
    ['a plan that a person approves', [update('check', { planFirst: true })]],
    ['a label', [{ kind: 'update-connection', connectionId: 'built', set: { label: 'Built' } }]],
    ['an agent more before a verifier', [helper, connect('help', 'check', {})]],
    [
      'an approval before a verifier',
      [
        {
          kind: 'update-connection',
          connectionId: 'built',
          set: { flowType: 'approval-gate' },
        },
      ],
    ],
  ])('need no approval: %s', (_, edits) => {
    expect(reasons(edits)).toEqual([]);
  });

  it('are judged at once in a workflow with very many ways to a verifier', () => {
    const layers = Array.from({ length: 40 }, (_, layer) => [`l${layer}`, `r${layer}`]);
    const connections = layers.flatMap(([left = '', right = ''], layer) =>
      (layers[layer + 1] ?? ['check']).flatMap((target) =>
        [left, right].map((source) => ({
          id: `${source}-${target}`,
          source,
          target,
          flowType: 'conditional' as const,
          condition: 'Perhaps',
        })),
      ),
    );
    const after = updateLoopAndEnhance({ enabled: true })(
      sampleWorkflow({
        agents: [
          ...layers.flat().map((id) => ({ id })),
          { id: 'check', name: 'Checker', role: 'tester' },
        ],
        connections,
      }),
    );
    expect(reasonsFor(after).map(({ text }) => text)).toContain(
      '"Checker" would run only under a condition.',
    );
  });
});
