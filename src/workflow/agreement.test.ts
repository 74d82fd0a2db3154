import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { allowanceOf, highestAllowance, reasonsForHigherAllowance } from './edit/allowance.ts';
import { applyEdits } from './edit/apply-edits.ts';
import { reasonsForApproval } from './edit/approval-reasons.ts';
import { type WorkflowEdit, workflowEditSchema } from './edit/edit-schema.ts';
import { withInferredConnections } from './inferred-connections.ts';
import type { Problem } from './problem.ts';
import type { Workflow } from './schema.ts';
import { validateWorkflow } from './validate.ts';
import { verifiersOf } from './verifiers.ts';

const ids = [...'abcde'];
const id = fc.constantFrom(...ids);
const files = fc.subarray(['plan.md', 'code.ts', 'report.md'], { maxLength: 2 });

const connection = fc
  .record({
    source: id,
    target: id,
    flowType: fc.constantFrom('always', 'always', 'conditional', 'conditional', 'loop'),
    isElse: fc.boolean(),
    text: fc.constantFrom('It is good.', '', '\u200B'),
  })
  .map(({ source, target, flowType, isElse, text }) => ({
    ...{ id: `${source}->${target}`, source, target, flowType },
    ...(flowType === 'loop' ? { loopCondition: text, maxIterations: 3 } : {}),
    ...(flowType === 'conditional' ? (isElse ? { isElse } : { condition: text }) : {}),
  }));

const workflows = fc
  .record({
    agents: fc.tuple(
      ...ids.map((one) => fc.record({ id: fc.constant(one), role: roles(), ...used() })),
    ),
    connections: fc.uniqueArray(connection, { maxLength: 9, selector: (one) => one.id }),
  })
  .map((parts) =>
    // The flow types are among those of the schema.
    sampleWorkflow({
      ...(parts as NonNullable<Parameters<typeof sampleWorkflow>[0]>),
      settings: { loopAndEnhance: { enabled: true } },
    }),
  );

function roles() {
  return fc.constantFrom('developer', 'developer', 'tester');
}

function used() {
  return { inputFiles: files, outputFiles: files };
}

const errors = (problems: readonly Problem[]) =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, pointer }) => `${code} ${pointer}`)
    .toSorted();

describe('the validation of a workflow', () => {
  it('rejects workflows that cannot run with their inferred connections', () => {
    fc.assert(
      fc.property(workflows, (workflow) => {
        const asRun = withInferredConnections(workflow).workflow;
        const [drawn, run] = [validateWorkflow(workflow), validateWorkflow(asRun)].map(errors);
        if (drawn?.length === 0) expect(run).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('allows at most one else branch per agent', () => {
    fc.assert(
      fc.property(workflows, (workflow) => {
        const conditional = workflow.connections.filter(
          ({ flowType }) => flowType === 'conditional',
        );
        const expected = ids.flatMap((source) => {
          const own = conditional.filter((one) => one.source === source);
          const elses = own.filter(({ isElse }) => isElse === true);
          return own.length === elses.length ? [] : elses.slice(1).map((one) => one.id);
        });
        const found = validateWorkflow(workflow).flatMap(({ code, path }) =>
          code === 'else_duplicate' ? (workflow.connections[Number(path[1])]?.id ?? []) : [],
        );
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 500 },
    );
  });
});

const edit = fc
  .oneof(
    fc.record({ kind: fc.constant('remove-agent'), agentId: id }),
    fc.record({
      kind: fc.constant('update-agent'),
      agentId: id,
      set: fc.record({ role: roles(), name: fc.constantFrom('A', 'B') }),
    }),
    fc.record({
      kind: fc.constant('add-agent'),
      agent: fc.record({
        id,
        name: fc.constant('New'),
        instructions: fc.constant('Work.'),
        role: roles(),
      }),
    }),
  )
  .map((one): WorkflowEdit => workflowEditSchema.parse(one));

it('edits that remove the verdict of an agent need approval', () => {
  const lost = (before: Workflow, after: Workflow) => {
    const left = new Set(verifiersOf(after).map((agent) => agent.id));
    return verifiersOf(before).filter((agent) => !left.has(agent.id));
  };
  fc.assert(
    fc.property(workflows, fc.array(edit, { minLength: 1, maxLength: 5 }), (before, edits) => {
      const applied = applyEdits(before, edits);
      if (!applied.ok) return;
      const verifiers = new Set<string>(verifiersOf(before).map((agent) => agent.id));
      const reasons = reasonsForApproval(before, applied.workflow, {
        failed: new Set(),
        verifiers,
      });
      expect(reasons.length).toBeGreaterThanOrEqual(
        lost(before, applied.workflow).length > 0 ? 1 : 0,
      );
    }),
    { numRuns: 1_000 },
  );
});

it('edits without approval never exceed what the user agreed to, in any number of rounds', () => {
  const session = { mode: 'cloud', autoCreatePr: true, repositories: 2 } as const;
  const proposals = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(workflows, proposals, (started, rounds) => {
      const told = allowanceOf(started, session);
      const inForce = [started];
      for (const edits of rounds) {
        const applied = applyEdits(inForce.at(-1) ?? started, edits);
        if (!applied.ok) continue;
        const agreed = highestAllowance(inForce.map((one) => allowanceOf(one, session)));
        const reasons = reasonsForHigherAllowance(agreed, allowanceOf(applied.workflow, session));
        if (reasons.length === 0) inForce.push(applied.workflow);
      }
      const most = highestAllowance(inForce.map((one) => allowanceOf(one, session)));
      expect(most).toEqual(told);
    }),
    { numRuns: 500 },
  );
});
