import { describe, expect, test } from 'vitest';
import { sampleAgent, sampleRound, sampleSession } from '../../testing/sample-session.ts';
import { attemptText, launchText, placeOfAttempt } from './round-text.ts';

const once = sampleSession();
const whole = (number: number) => sampleSession({ workflowRound: { number, most: 3 } });
const agent = (change: object) => sampleAgent({ name: 'Writer', ...change });

describe('an agent', () => {
  test('that nothing repeats only tells of its retries', () => {
    expect(attemptText(agent({}), once)).toBe('');
    expect(attemptText(agent({ attempt: 2, attemptInRound: 2 }), once)).toBe('attempt 2');
  });

  test('in a loop counts its attempts anew in each round', () => {
    const looping = { round: 2, rounds: 3, attempt: 2, attemptInRound: 1 };
    expect(attemptText(agent(looping), once)).toBe('round 2 of 3');
    expect(attemptText(agent({ ...looping, attempt: 3, attemptInRound: 2 }), once)).toBe(
      'round 2 of 3, attempt 2',
    );
  });

  test('of a workflow with rounds tells which one it is from the second on', () => {
    expect(attemptText(agent({}), whole(1))).toBe('');
    expect(attemptText(agent({ attempt: 2 }), whole(2))).toBe('round 2 of 3');
    expect(attemptText(agent({ attempt: 3, attemptInRound: 2 }), whole(2))).toBe(
      'round 2 of 3, attempt 2',
    );
    expect(attemptText(agent({ rounds: 4, attempt: 2 }), whole(2))).toBe(
      'round 2 of 3, loop round 1 of 4',
    );
  });

  test('that was taken out or plans the rounds is in none of them', () => {
    expect(attemptText(agent({ kind: 'removed' }), whole(2))).toBe('');
    expect(attemptText(agent({ kind: 'planner', round: 1, rounds: 3 }), whole(2))).toBe(
      'round 1 of 3',
    );
  });
});

describe('an attempt', () => {
  const writer = { agentId: 'writer' };
  const rounds = [
    sampleRound({ ...writer, number: 1, round: 1, attempt: 2, attempts: 2 }),
    sampleRound({ ...writer, number: 2, round: 2, attempt: 3, attempts: 1 }),
    sampleRound({ ...writer, number: 3, round: 3, attempt: null, attempts: 0 }),
  ];
  const session = sampleSession({ rounds });

  test('is told by its round, and as a retry only within it', () => {
    const words = [
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
      [3, 5],
    ].map(([round = 0, attempt = 0]) => launchText({ ...writer, round, attempt }, session));
    expect(words).toEqual([
      'round 1 of 3',
      'round 1 of 3, attempt 2',
      'round 2 of 3',
      // Newer than the session that is known.
      'round 2 of 3, attempt 2',
      'round 3 of 3',
    ]);
  });

  test('of an agent without rounds is told by its number alone', () => {
    expect(launchText({ ...writer, round: 1, attempt: 1 }, once)).toBe('');
    expect(launchText({ ...writer, round: 1, attempt: 2 }, once)).toBe('attempt 2');
    expect(launchText({ ...writer, round: 2, attempt: 2 }, once)).toBe('round 2');
  });

  test('is placed in its round', () => {
    const places = [1, 2, 3].map((attempt) => placeOfAttempt(session, { ...writer, attempt }));
    expect(places).toEqual([
      { round: 1, attempt: 1 },
      { round: 1, attempt: 2 },
      { round: 2, attempt: 1 },
    ]);
    expect(placeOfAttempt(session, { agentId: 'other', attempt: 2 })).toEqual({
      round: null,
      attempt: 2,
    });
  });
});
