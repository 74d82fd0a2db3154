import { expect, it } from 'vitest';
import { directChecker } from '../../testing/handoff-checker.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { STOPPED } from './checker.ts';
import { handoffSchemaProblems, workflowProblems } from './problems.ts';

const handoff = { source: 'a', handoffFormat: 'structured-json' } as const;

it('reports every hand-off schema that cannot be used, along with the other problems', async () => {
  const connections = [
    { ...handoff, target: 'b' },
    { ...handoff, target: 'c', handoffSchema: { type: 'objekt' } },
    { ...handoff, target: 'd', handoffSchema: { $ref: 'https://example.com/schema' } },
    { ...handoff, target: 'e', handoffSchema: { $id: 'x', type: 'object', example: 1 } },
    {
      ...handoff,
      target: 'f',
      handoffSchema: { $id: 'x', $schema: 'http://json-schema.org/draft-07/schema#' },
    },
  ];
  const workflow = sampleWorkflow({ agents: [...'abcdef'], connections });
  const found = await workflowProblems(workflow, directChecker);
  expect(
    found
      .filter(({ severity }) => severity === 'error')
      .map(({ code, pointer }) => `${code} ${pointer}`),
  ).toEqual([
    'handoff_schema_invalid connections[1].handoffSchema',
    'handoff_schema_invalid connections[2].handoffSchema',
    'handoff_schema_missing connections[0]',
  ]);
});

it('lists invalid expressions as errors, before warnings', async () => {
  const agents = [
    { id: 'a', outputFiles: ['same.md'] },
    { id: 'b', outputFiles: ['same.md'], runMode: 'cloud' as const },
    'c',
  ];
  const connections = [
    { ...handoff, target: 'c', handoffSchema: true, flowType: 'conditional', expression: 'a ==' },
  ] as const;
  const found = await workflowProblems(sampleWorkflow({ agents, connections }), directChecker);
  expect(found[0]).toMatchObject({ code: 'expression_invalid', severity: 'error' });
  expect(found.at(-1)).toMatchObject({ code: 'output_file_conflict', severity: 'warning' });
});

it('stops after a schema whose check was stopped', async () => {
  const checked: unknown[] = [];
  const checker = {
    ...directChecker,
    schemaFault: async (schema: unknown) => {
      checked.push(schema);
      return STOPPED;
    },
  };
  const connections = [...'bc'].map((target) => ({ ...handoff, target, handoffSchema: true }));
  const workflow = sampleWorkflow({ agents: [...'abc'], connections });
  expect(await handoffSchemaProblems(workflow, checker)).toHaveLength(1);
  expect(checked).toHaveLength(1);
});
