import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { agentId, connectionId } from '../ids.ts';
import type { Workflow } from '../schema.ts';
import { applyEdits } from './apply-edits.ts';
import { carryOver } from './carry-over.ts';
import { differencesOf } from './differences.ts';
import { workflowEditSchema } from './edit-schema.ts';
import { connect, removeAgents, updateAgent, updateWorkflow } from './operations.ts';

const from = sampleWorkflow({ agents: ['a', 'b', 'c'], connections: ['a->b', 'b->c'] });
const to = edited(
  from,
  { kind: 'add-agent', agent: { name: 'Fix', instructions: 'Fix it.' } },
  { kind: 'connect', source: 'a', target: 'fix', set: { handoffFormat: 'full-output' } },
  { kind: 'update-agent', agentId: 'b', set: { instructions: 'Round 2.' } },
  { kind: 'update-agent', agentId: 'b', set: { instructions: 'Round 3.' } },
  { kind: 'remove-agent', agentId: 'c' },
  { kind: 'describe-workflow', description: 'Better.' },
  { kind: 'add-repository', repository: { url: 'https://github.com/acme/other' } },
);

function edited(workflow: Workflow, ...edits: readonly unknown[]): Workflow {
  return workflowOf(
    applyEdits(
      workflow,
      edits.map((edit) => workflowEditSchema.parse(edit)),
    ),
  );
}

function workflowOf(result: ReturnType<typeof carryOver>): Workflow {
  if (!result.ok) throw new Error(result.mistakes.join('\n'));
  return result.workflow;
}

const save = (file: Workflow): Workflow => workflowOf(carryOver({ from, to }, file));
const rewrite = (id: string, instructions: string) => updateAgent(agentId(id), { instructions });

describe('edits of a session, made in the file', () => {
  it('give the workflow of the session if the file is unchanged', () => {
    expect(save(from)).toEqual(to);
  });

  it('keep what the user changed elsewhere', () => {
    const own = rewrite('a', 'Mine.')(updateWorkflow({ name: 'My name' })(from));
    expect(save(own)).toEqual(rewrite('a', 'Mine.')(updateWorkflow({ name: 'My name' })(to)));
  });

  it('are made once, also if the user changes something between two saves', () => {
    const saved = save(from);
    expect(differencesOf(saved, save(saved))).toEqual([]);
    const own = rewrite('a', 'Mine.')(saved);
    expect(save(own)).toEqual(own);
    const kept = save(rewrite('a', 'Mine.')(from));
    expect(save(kept)).toEqual(kept);
  });

  it('do not add a connection that the user drew, too', () => {
    const drawn = connect(agentId('a'), agentId('c'))(from);
    const later = edited(from, { kind: 'connect', source: 'a', target: 'c' });
    expect(carryOver({ from, to: later }, drawn)).toEqual({ ok: true, workflow: drawn });
    const gate = edited(from, {
      kind: 'connect',
      source: 'a',
      target: 'c',
      set: { flowType: 'approval-gate' },
    });
    const connections = drawn.connections.map((one) => ({
      ...one,
      id: connectionId(`own-${one.id}`),
    }));
    expect(carryOver({ from, to: gate }, { ...drawn, connections })).toEqual({
      ok: false,
      mistakes: ['"a" and "c" are already connected.'],
    });
  });

  it('do not fit if the user removed what they change', () => {
    const file = removeAgents(new Set([agentId('a'), agentId('b')]))(from);
    expect(carryOver({ from, to }, file)).toEqual({
      ok: false,
      mistakes: ['There is no agent "b".', 'There is no agent "a".'],
    });
  });
});
