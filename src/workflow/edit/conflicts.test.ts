import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { agentId } from '../ids.ts';
import type { Agent, Workflow } from '../schema.ts';
import { conflictsOf } from './conflicts.ts';
import { removeAgents, updateAgent, updateWorkflow } from './operations.ts';

const started = sampleWorkflow({ agents: ['a', 'b'], connections: ['a->b'] });
const withA = (set: Partial<Agent>) => updateAgent(agentId('a'), set);

const conflicts = (file: Workflow, edited: Workflow, versions = [started]) =>
  conflictsOf(versions, { file, edited });

test('a field that the person and the planner changed is a conflict, and no other one', () => {
  const file = withA({ instructions: 'Mine.', role: 'Mine.' })(started);
  const edited = withA({ instructions: 'Theirs.', outputFiles: ['x'] })(file);
  expect(conflicts(file, edited)).toEqual([
    { subject: 'agent', id: 'a', name: 'Agent a', fields: ['instructions'] },
  ]);
  expect(conflicts(started, withA({ instructions: 'Theirs.' })(started))).toEqual([]);
  expect(conflicts(file, withA({ instructions: 'Mine.' })(file))).toEqual([]);
  const described = updateWorkflow({ description: 'Mine.' })(started);
  expect(conflicts(described, updateWorkflow({ description: 'Theirs.' })(described))).toMatchObject(
    [{ subject: 'workflow', fields: ['description'] }],
  );
});

test('a part that the person changed and the planner removed is a conflict', () => {
  const file = withA({ role: 'Mine.' })(started);
  const remove = removeAgents(new Set([agentId('a')]));
  expect(conflicts(file, remove(file))).toEqual([
    { subject: 'agent', id: 'a', name: 'Agent a', fields: [] },
  ]);
  expect(conflicts(started, remove(started))).toEqual([]);
});

test('a field that holds the text of an earlier round was not changed by the person', () => {
  const second = withA({ instructions: 'Round 2.' })(started);
  const third = withA({ instructions: 'Round 3.' })(started);
  expect(conflicts(second, third, [started, second, third])).toEqual([]);
  const own = withA({ instructions: 'Mine.' })(second);
  expect(conflicts(own, third, [started, second, third])).toHaveLength(1);
});
