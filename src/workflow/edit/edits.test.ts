import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { Workflow } from '../schema.ts';
import { validateWorkflow } from '../validate.ts';
import { applyEdits } from './apply-edits.ts';
import { reasonsForApproval } from './approval-reasons.ts';
import { differencesOf } from './differences.ts';
import { proposalJsonSchema, proposalSchema, workflowEditSchema } from './edit-schema.ts';
import { updateLoopAndEnhance } from './operations.ts';

const before = sampleWorkflow({
  agents: [
    { id: 'a', name: 'Build', model: 'fast' },
    { id: 'b', name: 'Review', role: 'reviewer' },
  ],
  connections: [{ id: 'gate', source: 'a', target: 'b', flowType: 'approval-gate' }],
});

function edited(...edits: unknown[]): Workflow {
  const applied = applyEdits(
    before,
    edits.map((edit) => workflowEditSchema.parse(edit)),
  );
  if (!applied.ok) throw new Error(applied.mistakes.join(' '));
  return applied.workflow;
}

const mistakesOf = (...edits: unknown[]) => {
  const applied = applyEdits(
    before,
    edits.map((edit) => workflowEditSchema.parse(edit)),
  );
  return applied.ok ? [] : applied.mistakes;
};

describe('edits of a workflow', () => {
  it('change, add and connect agents, and preserve everything else', () => {
    const after = edited(
      { kind: 'update-agent', agentId: 'a', set: { instructions: 'With care.', model: null } },
      { kind: 'add-agent', agent: { name: 'Fix the tests', instructions: 'Fix them.' } },
      {
        kind: 'connect',
        source: 'b',
        target: 'fix-the-tests',
        set: { handoffFormat: 'full-output' },
      },
      { kind: 'update-connection', connectionId: 'gate', set: { approvalPrompt: 'May it go on?' } },
    );
    expect(after.agents[0]).toEqual({
      ...before.agents[0],
      instructions: 'With care.',
      model: undefined,
    });
    expect('model' in (after.agents[0] ?? {})).toBe(false);
    expect(after.agents[2]).toMatchObject({ id: 'fix-the-tests', role: 'custom', inputFiles: [] });
    // The new agent stands in the column after the one that leads to it.
    expect(after.agents[2]?.position.x).toBeGreaterThan(after.agents[1]?.position.x ?? 0);
    expect(after.connections).toMatchObject([
      { id: 'gate', flowType: 'approval-gate', approvalPrompt: 'May it go on?' },
      { source: 'b', target: 'fix-the-tests', handoffFormat: 'full-output' },
    ]);
    expect(after.settings).toEqual(before.settings);
  });

  it('remove the connections of a removed agent', () => {
    const after = edited({ kind: 'remove-agent', agentId: 'b' });
    expect(after.connections).toEqual([]);
    expect(validateWorkflow(after).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('report why each invalid edit does not fit, and change nothing', () => {
    expect(
      mistakesOf(
        { kind: 'update-agent', agentId: 'x', set: { name: 'X' } },
        { kind: 'add-agent', agent: { id: 'a', name: 'Again', instructions: '' } },
        { kind: 'connect', source: 'a', target: 'b' },
        { kind: 'connect', source: 'a', target: 'a' },
        { kind: 'connect', source: 'a', target: 'nobody' },
        { kind: 'remove-connection', connectionId: 'none' },
      ),
    ).toEqual([
      'Edit 1 (update-agent): there is no agent "x".',
      'Edit 2 (add-agent): there is already an agent "a".',
      'Edit 3 (connect): "a" and "b" are already connected.',
      'Edit 4 (connect): an agent cannot be connected to itself.',
      'Edit 5 (connect): there is no agent "nobody".',
      'Edit 6 (remove-connection): there is no connection "none".',
    ]);
  });

  it.each([
    { kind: 'update-agent', agentId: 'a', set: { runMode: 'local' } },
    { kind: 'update-agent', agentId: 'a', set: { name: null } },
    { kind: 'update-settings', set: { permissions: { execution: 'allow' } } },
    { kind: 'remove-agent' },
    { kind: 'add-agent', agent: { name: 'X', instructions: 'Y', providerId: 'other' } },
  ])('do not reach where agents run and what they may do: %j', (edit) => {
    expect(workflowEditSchema.safeParse(edit).success).toBe(false);
  });

  it('are described by an equivalent JSON Schema', () => {
    const schema = JSON.stringify(proposalJsonSchema());
    for (const { shape } of workflowEditSchema.options)
      expect(schema).toContain(JSON.stringify(shape.kind.value));
    expect(proposalSchema.safeParse({ summary: '', edits: [] }).success).toBe(true);
  });
});

describe('the differences between two workflows', () => {
  it('are listed by field, without positions', () => {
    const after = edited(
      { kind: 'update-agent', agentId: 'a', set: { instructions: 'With care.', model: null } },
      { kind: 'remove-agent', agentId: 'b' },
      { kind: 'add-repository', repository: { url: 'https://github.com/acme/other' } },
    );
    const moved = {
      ...after,
      agents: after.agents.map((agent) => ({ ...agent, position: { x: 9, y: 9 } })),
    };
    expect(differencesOf(before, moved)).toMatchObject([
      {
        kind: 'changed',
        subject: 'agent',
        name: 'Build',
        fields: [
          { field: 'instructions', after: 'With care.' },
          { field: 'model', before: 'fast', after: null },
        ],
      },
      { kind: 'removed', subject: 'agent', id: 'b' },
      { kind: 'removed', subject: 'connection', id: 'gate', name: 'Build → Review' },
      { kind: 'added', subject: 'repository', name: 'https://github.com/acme/other' },
    ]);
    expect(differencesOf(before, before)).toEqual([]);
  });
});

describe('edits that the user has to approve', () => {
  const nobody = { failed: new Set<string>(), verifiers: new Set<string>() };
  const reasons = (after: Workflow, watched: Partial<typeof nobody> = {}) =>
    reasonsForApproval(before, after, { ...nobody, ...watched }).map(({ text }) => text);

  it('add a repository, or remove everything', () => {
    const repository = { url: 'https://github.com/acme/other' };
    expect(reasons(edited({ kind: 'add-repository', repository }))).toEqual([
      'It adds the repository https://github.com/acme/other.',
    ]);
    const after = edited(
      { kind: 'remove-agent', agentId: 'a' },
      { kind: 'remove-agent', agentId: 'b' },
      { kind: 'add-agent', agent: { name: 'New', instructions: 'All of it.' } },
    );
    expect(reasons(after)).toContain('It removes every agent of the workflow.');
  });

  it('remove failed agents or verifiers', () => {
    const after = edited({ kind: 'remove-agent', agentId: 'b' });
    const gate = 'It removes the approval gate "gate".';
    expect(reasons(after)).toEqual([gate]);
    expect(reasons(after, { failed: new Set(['b']) })).toEqual([
      'It removes "Review", which was not successful.',
      gate,
    ]);
    expect(reasons(after, { verifiers: new Set(['b']) })).toEqual([
      'It removes "Review", which verifies the work.',
      gate,
    ]);
  });

  it('change the role of a verifier', () => {
    const enhanced = updateLoopAndEnhance({ enabled: true });
    const verifiers = new Set(['b']);
    const quiet = enhanced(edited({ kind: 'update-agent', agentId: 'b', set: { role: 'coder' } }));
    expect(reasons(quiet, { verifiers })).toEqual(['"Review" would no longer verify the work.']);
    const renamed = enhanced(
      edited({ kind: 'update-agent', agentId: 'b', set: { name: 'Check' } }),
    );
    expect(reasons(renamed, { verifiers })).toEqual([]);
  });

  it('do not include better instructions', () => {
    expect(
      reasons(edited({ kind: 'update-agent', agentId: 'a', set: { instructions: 'Better.' } })),
    ).toEqual([]);
  });
});
