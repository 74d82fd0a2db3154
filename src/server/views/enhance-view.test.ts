import { expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import {
  launched,
  launchIntended,
  runEnded,
  runId,
  sessionId,
  sessionStarted,
  stateAfter,
  streamEnded,
} from '../../../testing/session/sample-events.ts';
import type { Proposal } from '../../session/enhance/enhance-state.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import type { SessionState } from '../../session/state.ts';
import { agentId } from '../../workflow/ids.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { enhanceView } from './enhance-view.ts';
import { roundOfAgent } from './flow-view.ts';
import { roundViews } from './round-view.ts';

const cause = { code: 'run_failed', message: 'The run failed. Cursor gave no reason.' };
const a = agentId('a');
const started = sessionStarted(
  sampleWorkflow({
    agents: [{ id: 'a', role: 'tester' }],
    settings: { loopAndEnhance: { enabled: true, maxRounds: 2 } },
  }),
);
const events: readonly LifecycleEvent[] = [
  launchIntended('a'),
  launched('a'),
  runEnded('a', { outcome: 'error' }),
  streamEnded('a'),
  { type: 'AgentSettled', agentId: a, attempt: 1, round: 1, outcome: 'failed', cause },
  {
    type: 'RoundReported',
    round: 1,
    number: 1,
    failures: [
      { agentId: a, name: 'A', attempt: 1, reason: 'failed', failure: cause },
      {
        agentId: a,
        name: 'A',
        attempt: 1,
        reason: 'verdict',
        failure: { code: 'verdict_negative', message: 'Cursor keys do not scroll.' },
      },
    ],
    feedback: [],
  },
];
const stored = [started, ...events].map((event, index) => ({
  position: index + 1,
  seq: index + 1,
  sessionId,
  at: 1_000,
  event,
}));
const state = stateAfter(started, ...events);

it("names the rehearsal cloud instead of Cursor in failures, but does not change an agent's own text", () => {
  const messages = enhanceView(state, stored)?.rounds[0]?.report?.failures.map(
    ({ message }) => message,
  );
  expect(messages).toEqual([
    'The run failed. The rehearsal cloud gave no reason.',
    'Cursor keys do not scroll.',
  ]);
});

it('names the rehearsal cloud in the rounds of an agent too', () => {
  const proposed = { ...state, agents: state.agents.map((agent) => ({ ...agent, round: 2 })) };
  const [first] = roundViews(proposed, stored);
  expect(first?.cause).toBe('The run failed. The rehearsal cloud gave no reason.');
});

it('marks only the part of a proposal that needs approval', () => {
  const [agent] = state.workflow.agents;
  if (agent === undefined || state.enhance === null)
    throw new Error('The sample has no agent or no Loop & Enhance state.');
  const workflow = {
    ...state.workflow,
    description: 'Clearer.',
    agents: [{ ...agent, instructions: 'Accept it.' }],
  };
  const proposal = {
    attempt: 1,
    turnId: runId('t'),
    summary: 'Better.',
    editCount: 2,
    fault: null,
    approvalReasons: ['The session could start agents more often.', 'It changes how it verifies.'],
  };
  const view = (parts: Pick<Proposal, 'approvalParts'>) => {
    const enhance = { ...state.enhance, proposal: { ...proposal, ...parts, workflow } };
    // Only the proposal of the state is replaced.
    return enhanceView({ ...state, enhance } as SessionState, stored)?.proposal?.changes.map(
      ({ subject, approvalReasons }) => [subject, approvalReasons],
    );
  };
  expect(view({ approvalParts: [null, { subject: 'agent', id: 'a' }] })).toEqual([
    ['workflow', []],
    ['agent', ['It changes how it verifies.']],
  ]);
  // Journals of older versions do not contain the parts.
  expect(view({})).toEqual([
    ['workflow', []],
    ['agent', []],
  ]);
});

it('shows the planner in the round whose result it uses', () => {
  expect(roundOfAgent(state, PLANNER_ID)).toEqual({ round: 1, rounds: 2 });
});
