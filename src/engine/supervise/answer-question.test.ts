import { describe, expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import { decide } from '../../session/decide.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { evolve } from '../../session/evolve.ts';
import type { SessionState } from '../../session/state.ts';
import type { QuestionAnswer } from '../api.ts';
import { answerQuestion } from './answer-question.ts';

const gate = (id: string, target: string) => ({
  id,
  source: 'a',
  target,
  flowType: 'approval-gate' as const,
});
const workflow = sampleWorkflow({
  agents: ['a', 'b', 'c'],
  connections: [gate('first', 'b'), { ...gate('second', 'c'), label: 'Release' }],
});

/** One agent is done, and both of its gates are open. */
function atGates(): SessionState {
  const state = given.stateAfter(given.sessionStarted(workflow), ...given.completeLifecycle('a'));
  return decide(state).reduce(
    (folded, effect) =>
      effect.kind === 'record' && effect.event.type === 'GateOpened'
        ? fold(folded, effect.event)
        : folded,
    state,
  );
}

/** With everything that follows from it alone. */
function settled(state: SessionState): SessionState {
  const [effect] = decide(state).filter(({ kind }) => kind === 'record');
  return effect?.kind === 'record' ? settled(fold(state, effect.event)) : state;
}

function fold(state: SessionState, event: LifecycleEvent): SessionState {
  return evolve(state, event, { at: 1, sessionId: given.sessionId }) ?? state;
}

/** The refusal's code, or what was stored. */
const answered = (state: SessionState, answer: Partial<QuestionAnswer>) => {
  const { stored, refusal: refused } = outcomeOf(state, answer);
  return refused?.code ?? stored;
};

const refusal = (state: SessionState, answer: Partial<QuestionAnswer>) =>
  outcomeOf(state, answer).refusal;

function outcomeOf(state: SessionState, answer: Partial<QuestionAnswer>) {
  const stored: LifecycleEvent[] = [];
  // Only what an answer touches.
  const context = {
    journal: { append: (_: unknown, events: LifecycleEvent[]) => stored.push(...events) },
  } as never;
  const refused = answerQuestion(context, state, {
    question: null,
    answer: 'approve',
    note: null,
    plan: null,
    by: 'cli',
    ...answer,
  });
  return { stored, refusal: refused };
}

test('an answer names its question by id, connection or label if several are open', () => {
  const state = atGates();
  expect(answered(state, {})).toBe('question_ambiguous');
  expect(answered(state, { question: 'third' })).toBe('no_open_question');
  for (const question of ['second', 'second#1', 'Release'])
    expect(answered(state, { question })).toMatchObject([
      { type: 'GateAnswered', gateId: 'second#1', answer: 'approve', by: 'cli' },
    ]);
});

test('requested changes need a note, and the first answer counts', () => {
  const state = atGates();
  expect(answered(state, { question: 'first', answer: 'changes' })).toBe('note_missing');
  const [event] = answered(state, { question: 'first', answer: 'reject', note: 'No.' });
  if (typeof event !== 'object') throw new Error('It was refused');
  const later = fold(state, event);
  expect(answered(later, { question: 'first' })).toBe('already_answered');
  expect(answered(later, {})).toMatchObject([{ gateId: 'second#1' }]);
});

test('a late answer is rejected with the reason, and changes nothing', () => {
  const state = atGates();
  const [event] = answered(state, { question: 'first', answer: 'reject', note: 'No.' });
  if (typeof event !== 'object') throw new Error('It was refused');
  const rejected = fold(state, event);
  expect(refusal(rejected, { question: 'first', answer: 'reject' })).toMatchObject({
    code: 'already_answered',
    message: 'This question was already answered: rejected (cli).',
  });
  const cancelling = fold(state, { type: 'CancelRequested' });
  expect(refusal(cancelling, { question: 'first' })).toMatchObject({
    code: 'no_open_question',
    message: expect.stringContaining('is being cancelled'),
  });
  const cancelled = fold(settled(cancelling), { type: 'SessionEnded', outcome: 'cancelled' });
  const dismissed = fold(cancelled, { type: 'SessionDismissed' });
  for (const over of [cancelled, dismissed])
    expect(refusal(over, {})).toMatchObject({
      code: 'no_open_question',
      message: expect.stringContaining('The session is cancelled'),
    });
});

describe('an edited plan', () => {
  const proposal = '1. Look.\r\n2. Change.\n';
  /** The agent has proposed a plan, and it waits. */
  function atPlan(): SessionState {
    const planning = sampleWorkflow({ agents: [{ id: 'a', planFirst: true }, 'b'] });
    const [started, ...life] = given.completeLifecycle('a');
    if (started === undefined) throw new Error('No life');
    const proposed = life.map((event) =>
      event.type === 'RunEnded' ? { ...event, result: proposal } : event,
    );
    const turn = proposed.filter(({ type }) => type !== 'AgentSettled');
    const state = given.stateAfter(given.sessionStarted(planning), started, ...turn);
    return settled(state);
  }

  test('is stored with the proposed plan', () => {
    expect(answered(atPlan(), { plan: '1. Look.\r\n2. Leave it.\r\n' })).toMatchObject([
      {
        type: 'GateAnswered',
        answer: 'approve',
        plan: { proposed: proposal, edited: '1. Look.\n2. Leave it.' },
      },
    ]);
  });

  test('that changes only line endings is a plain approval', () => {
    const [event] = answered(atPlan(), { plan: '1. Look.\n2. Change.' });
    expect(event).toMatchObject({ type: 'GateAnswered', answer: 'approve' });
    expect(event).not.toHaveProperty('plan');
  });

  test('is rejected if it is empty, not text, too long, or sent with another answer', () => {
    const state = atPlan();
    expect(answered(state, { plan: ' \n' })).toBe('plan_empty');
    expect(answered(state, { plan: 'a\0b' })).toBe('input_not_text');
    expect(answered(state, { plan: 'a'.repeat(2_000_000) })).toBe('input_too_long');
    expect(refusal(state, { plan: 'a'.repeat(2_000_000) })?.message).toMatch(/^The plan is /);
    for (const answer of ['reject', 'changes'] as const)
      expect(answered(state, { plan: 'Other.', answer, note: 'No.' })).toBe('answer_not_possible');
    expect(answered(atGates(), { question: 'first', plan: 'Other.' })).toBe('answer_not_possible');
  });

  test('of 200 kB is stored completely', () => {
    const plan = `${'- Step\n'.repeat(30_000)}- End`;
    expect(answered(atPlan(), { plan })).toMatchObject([{ plan: { edited: plan } }]);
  });

  test('that is sent second is rejected with the first answer', () => {
    const state = atPlan();
    const [event] = answered(state, { plan: 'Mine.', by: 'app' });
    if (typeof event !== 'object') throw new Error('It was refused');
    const question = event.type === 'GateAnswered' ? event.gateId : '';
    expect(refusal(fold(state, event), { question, plan: 'Other.' })?.message).toBe(
      'This question was already answered: approved (app).',
    );
  });
});

test('an answer without an open question is rejected with the last answer', () => {
  const state = ['first', 'second'].reduce((folded, question) => {
    const [event] = answered(folded, { question });
    if (typeof event !== 'object') throw new Error('It was refused');
    return fold(folded, event);
  }, atGates());
  expect(refusal(state, {})?.message).toBe(
    'The session has no open question. The last one was answered: approved (cli).',
  );
});
