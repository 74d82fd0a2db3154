import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { agentId } from '../ids.ts';
import { applyEdits } from './apply-edits.ts';
import { type WorkflowEdit, workflowEditSchema } from './edit-schema.ts';
import { withUniqueNames } from './unique-names.ts';

const sample = sampleWorkflow({ agents: ['a', 'b'] });
const workflow = {
  ...sample,
  agents: sample.agents.map((agent) => ({ ...agent, name: agent.id })),
};
const edit = (value: unknown): WorkflowEdit => workflowEditSchema.parse(value);
const add = (name: string, id?: string) =>
  edit({ kind: 'add-agent', agent: { name, instructions: 'Work.', ...(id ? { id } : {}) } });
const rename = (id: string, name: string) =>
  edit({ kind: 'update-agent', agentId: id, set: { name } });

function namesAfter(edits: readonly WorkflowEdit[], reserved: readonly string[] = []) {
  const unique = withUniqueNames(workflow, edits, reserved);
  const applied = applyEdits(workflow, unique.edits);
  if (!applied.ok) throw new Error(applied.mistakes.join());
  return applied.workflow.agents.map(({ id, name }) => `${id}: ${name}`);
}

test('a new or renamed agent gets another name if its name is taken', () => {
  expect(namesAfter([add(' A', 'x'), add('a', 'y')])).toEqual(['a: a', 'b: b', 'x: A 2', 'y: a 3']);
  expect(namesAfter([rename('b', 'A')])).toEqual(['a: a', 'b: A 2']);
  expect(namesAfter([add('Planner', 'x')], ['Planner'])).toEqual(['a: a', 'b: b', 'x: Planner 2']);
  const removed = edit({ kind: 'remove-agent', agentId: 'a' });
  expect(namesAfter([removed, add('a', 'x')])).toEqual(['b: b', 'x: a 2']);
  expect(withUniqueNames(workflow, [add('a', 'x')], []).renames).toEqual([
    { from: 'a', to: 'a 2' },
  ]);
});

test('names that are free stay as they are', () => {
  const edits = [add('c'), rename('a', 'a'), rename('b', 'd'), add('b', 'x')];
  expect(withUniqueNames(workflow, edits, [])).toEqual({ edits, renames: [] });
});

test('the id of a new agent stays the one that the other edits expect', () => {
  const named = { ...workflow, agents: workflow.agents.map((one) => ({ ...one, name: 'Writer' })) };
  const { edits } = withUniqueNames(named, [add('Writer')], []);
  expect(edits).toEqual([
    expect.objectContaining({
      agent: expect.objectContaining({ id: agentId('writer'), name: 'Writer 2' }),
    }),
  ]);
});

test('a long name stays within the limit', () => {
  const long = 'n'.repeat(100);
  const [first] = withUniqueNames(workflow, [add('x'), add(long, 'y')], [long]).renames;
  expect(first?.to.length).toBeLessThanOrEqual(100);
});
