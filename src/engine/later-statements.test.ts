import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import * as given from '../../testing/session/sample-events.ts';
import type { LifecycleEvent } from '../session/events.ts';
import { connectionId } from '../workflow/ids.ts';
import { laterStatements, laterStatementText } from './later-statements.ts';

const workflow = sampleWorkflow({
  agents: [{ id: 'a', name: 'Review' }, { id: 'b', name: 'Fix' }, 'c'],
  connections: [
    { id: 'bad', source: 'a', target: 'b', flowType: 'conditional', condition: 'A test fails.' },
    {
      id: 'slow',
      source: 'a',
      target: 'c',
      flowType: 'conditional',
      condition: 'It is slow.',
      label: 'too slow',
    },
  ],
});
const a = given.agentIn(given.stateAfter(given.sessionStarted(workflow)), 'a').id;

const decided = (id: string, holds: boolean): LifecycleEvent => ({
  type: 'ConnectionDecided',
  agentId: a,
  attempt: 1,
  round: 1,
  connectionId: connectionId(id),
  holds,
  by: 'agent',
});
const unclear = (id: string): LifecycleEvent => ({
  type: 'DecisionUnclear',
  agentId: a,
  attempt: 1,
  round: 1,
  connectionId: connectionId(id),
  reason: 'The agent did not state a decision.',
});
const answer = (json: object) => `\`\`\`decision\n${JSON.stringify(json)}\n\`\`\``;

/** What users are told about the reply to a message that was sent after these events. */
function toldAbout(reply: string, ...decisions: readonly LifecycleEvent[]) {
  const [launch, start, end, stream, settled] = given.completeLifecycle('a');
  const work = [launch, start, end, stream].flatMap((event) => event ?? []);
  const state = given.stateAfter(
    given.sessionStarted(workflow),
    ...work,
    ...decisions,
    ...(settled === undefined ? [] : [settled]),
    given.message('a'),
    given.followUpSent('a', 'run-a-2'),
  );
  const attempt = given.agentIn(state, 'a').attempts[0];
  const turn = attempt?.turns.at(-1);
  if (attempt === undefined || turn?.purpose !== 'message') throw new Error('Nothing was sent.');
  return laterStatements(state, a, attempt, turn, reply).map((statement) =>
    laterStatementText(state, statement),
  );
}

describe('a reply to a message', () => {
  it('that contradicts a decision does not count, which is told for each condition', () => {
    const reply = answer({ bad: { holds: false }, slow: { holds: true } });
    expect(toldAbout(reply, decided('bad', true), decided('slow', false))).toEqual([
      'In its latest message, the agent says that the condition of the connection to "Fix" does not hold. This no longer counts, because it was already decided that it holds.',
      'In its latest message, the agent says that the condition of the connection "too slow" holds. This no longer counts, because it was already decided that it does not hold.',
    ]);
  });

  it('does not answer the question that is left to the user', () => {
    const reply = answer({ bad: { holds: true } });
    expect(toldAbout(reply, unclear('bad'), decided('slow', false))).toEqual([
      'In its latest message, the agent says that the condition of the connection to "Fix" holds. This does not answer the question that waits for you.',
    ]);
  });

  it('that repeats a decision, or contains none, needs no explanation', () => {
    const decisions = [decided('bad', true), decided('slow', false)];
    expect(toldAbout(answer({ bad: { holds: true } }), ...decisions)).toEqual([]);
    expect(toldAbout('Nothing holds any longer.', ...decisions)).toEqual([]);
    expect(toldAbout(answer({ other: { holds: true } }), ...decisions)).toEqual([]);
  });
});
