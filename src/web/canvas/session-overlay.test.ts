import { expect, it } from 'vitest';
import { sampleAgent, sampleConnection, sampleSession } from '../../../testing/sample-session.ts';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { createEdges } from './edges.ts';
import { createOverlay } from './session-overlay.ts';

const workflow = sampleWorkflow({
  agents: ['write', 'review', 'publish'],
  connections: [
    { id: 'draft', source: 'write', target: 'review' },
    { id: 'again', source: 'review', target: 'write', flowType: 'loop', loopCondition: 'Done.' },
    { id: 'gate', source: 'review', target: 'publish', flowType: 'approval-gate' },
  ],
});

const session = sampleSession({
  agents: [sampleAgent({ id: 'write', name: 'Writer', round: 2, rounds: 3 })],
  connections: [
    sampleConnection({ id: 'draft', source: 'write', target: 'review', state: 'taken' }),
    sampleConnection({ id: 'again', source: 'review', target: 'write', flowType: 'loop' }),
    sampleConnection({
      id: 'gate',
      source: 'review',
      target: 'publish',
      flowType: 'approval-gate',
      state: 'blocked',
      reason: 'The work of "Reviewer" was rejected.',
    }),
  ],
  loops: [
    {
      id: 'again',
      agentIds: ['write', 'review'],
      round: 2,
      mostRounds: 3,
      state: 'running',
      cause: null,
      reason: null,
    },
  ],
});

const edges = (document = workflow) =>
  createEdges({
    workflow: document,
    problems: [],
    selection: null,
    session: createOverlay(session, document),
  });

it('shows the state of each connection, the round of a loop, and all reasons', () => {
  const [draft, again, gate] = edges();
  expect(draft?.className).toContain('state-taken');
  expect(again?.className).toContain('state-taken');
  expect(again?.data).toMatchObject({ label: 'Round 2 of 3', outcome: 'round 2 of 3' });
  expect(gate?.className).toContain('state-blocked');
  expect(gate?.ariaLabel).toContain('blocked: The work of "Reviewer" was rejected.');
  expect(createOverlay(session, workflow).agents.get('write')).toMatchObject({ round: 2 });
});

it('shows nothing on a connection that was changed since', () => {
  const [, ...others] = workflow.connections;
  const changed = sampleWorkflow({
    agents: ['write', 'review', 'publish'],
    connections: [{ id: 'draft', source: 'write', target: 'publish' }, ...others],
  });
  const [draft, again] = edges(changed);
  expect(draft?.className).not.toContain('state-');
  expect(again?.className).toContain('state-taken');
});

it('shows only the workflow while no session is shown', () => {
  const [draft] = createEdges({ workflow, problems: [], selection: null, session: null });
  expect(draft?.className).not.toContain('state-');
  expect(draft?.data?.outcome).toBeNull();
});
