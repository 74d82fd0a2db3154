import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import * as given from '../../testing/session/sample-events.ts';
import { agentId } from '../workflow/ids.ts';
import { decide } from './decide.ts';
import type { LifecycleEvent } from './events.ts';

const { stateAfter } = given;
const one = given.sessionStarted();
const retrying = given.sessionStarted(sampleWorkflow(), { maxAttempts: 2 });
const two = (maxConcurrentAgents: number) =>
  given.sessionStarted(sampleWorkflow({ agents: ['a', 'b'] }), {
    maxConcurrentAgents,
    maxAttempts: 2,
  });
const chain = given.sessionStarted(
  sampleWorkflow({ agents: ['a', 'b', 'c'], connections: ['a->b', 'b->c'] }),
);
const running = [given.launchIntended('a'), given.launched('a')];
const held: LifecycleEvent = { type: 'SessionHeld', reason: 'asked-on-launch' };
const rejected: LifecycleEvent = {
  type: 'FollowUpRejected',
  agentId: agentId('a'),
  attempt: 1,
  followUpId: given.followUpId('f_1'),
  failure: given.failure('agent_gone'),
};
const repair: LifecycleEvent = {
  type: 'FollowUpIntended',
  round: 1,
  agentId: agentId('a'),
  attempt: 1,
  followUpId: given.followUpId('f_1'),
  purpose: 'handoff-repair',
  prompt: 'Once more, please.',
};

type History = Parameters<typeof stateAfter>;

/** What is asked for about agents, but for the bookkeeping that every launched attempt asks for. */
function asked(...history: Parameters<typeof stateAfter>): string[] {
  return decide(stateAfter(...history)).flatMap((effect) => {
    if (effect.kind === 'record-base' || effect.kind === 'report-usage') return [];
    if (effect.kind !== 'record') return `${effect.kind} ${effect.agentId}`;
    const { event } = effect;
    if (event.type === 'AgentSettled') return `settle ${event.agentId} ${event.outcome}`;
    return event.type === 'SessionEnded' ? `end ${event.outcome}` : event.type;
  });
}

describe('launching', () => {
  it('starts the agents without upstream agents, as far as slots are free', () => {
    expect(asked(two(8))).toEqual(['intend-launch a', 'intend-launch b']);
    expect(asked(two(1))).toEqual(['intend-launch a']);
    expect(asked(chain)).toEqual(['intend-launch a']);
  });

  it('requests a stored intent until Cursor has responded', () => {
    expect(asked(one, given.launchIntended('a'))).toEqual(['launch a']);
    expect(
      asked(one, given.launchIntended('a'), {
        type: 'LaunchUncertain',
        round: 1,
        agentId: agentId('a'),
        attempt: 1,
        failure: given.failure('unreachable'),
      }),
    ).toEqual(['launch a']);
  });

  it('gives a free slot to an agent that can start now before one that waits for its retry', () => {
    const failedOnce = [
      ...running,
      given.runEnded('a', { outcome: 'error' }),
      given.streamEnded('a'),
      {
        type: 'LaunchDeferred',
        round: 1,
        agentId: agentId('a'),
        attempt: 2,
        reason: 'retry',
        until: 9e12,
      },
    ] as const;
    expect(asked(two(1), ...failedOnce)).toEqual(['intend-launch b']);
    expect(asked(two(2), ...failedOnce)).toEqual(['intend-launch a', 'intend-launch b']);
  });

  it('fails the agent if Cursor rejects it', () => {
    const refused = {
      type: 'LaunchRejected',
      round: 1,
      agentId: agentId('a'),
      attempt: 1,
      failure: given.failure('invalid_request'),
    } as const;
    expect(asked(one, given.launchIntended('a'), refused)).toEqual(['settle a failed']);
  });

  it('waits while the session is held, even if the intent is stored', () => {
    expect(asked(one, held)).toEqual([]);
    expect(asked(one, given.launchIntended('a'), held)).toEqual([]);
    expect(asked(one, ...running, held)).toEqual(['follow a']);
    expect(asked(one, held, { type: 'SessionResumed' })).toEqual(['intend-launch a']);
  });
});

describe('a run', () => {
  it('is followed until its end is known and its stream has been read, in either order', () => {
    expect(asked(one, ...running)).toEqual(['follow a']);
    expect(asked(one, ...running, given.runEnded('a'))).toEqual(['hand-off a', 'follow a']);
    expect(asked(one, ...running, given.streamEnded('a'))).toEqual(['follow a']);
    expect(asked(one, ...running, given.runEnded('a'), given.streamEnded('a'))).toEqual([
      'hand-off a',
    ]);
  });

  it('is retried if it fails and attempts are left', () => {
    for (const outcome of ['error', 'expired', 'gone'] as const)
      expect(asked(retrying, ...running, given.runEnded('a', { outcome }))).toContain(
        'schedule-retry a',
      );
    expect(asked(one, ...running, given.runEnded('a', { outcome: 'error' }))).toContain(
      'settle a failed',
    );
  });

  it('is not retried automatically if it is silent, because it may be alive', () => {
    expect(asked(retrying, ...running, given.runEnded('a', { outcome: 'silent' }))).toEqual([
      'settle a failed',
    ]);
  });

  it('settles its agent as cancelled if it was cancelled on Cursor, with that cause', () => {
    const [effect] = decide(
      stateAfter(retrying, ...running, given.runEnded('a', { outcome: 'cancelled' })),
    );
    expect(effect).toMatchObject({
      event: { outcome: 'cancelled', cause: { code: 'cancelled_on_cursor' } },
    });
  });
});

describe('an agent downstream of a failed one', () => {
  it('is skipped with the name of the agent to retry, however far upstream it is', () => {
    const failed = given.failedLifecycle('a');
    const skip = decide(stateAfter(chain, ...failed)).flatMap((effect) =>
      effect.kind === 'record' ? [effect.event] : [],
    );
    expect(skip).toMatchObject([{ agentId: 'b', cause: { upstreamAgentId: 'a' } }]);
    expect(decide(stateAfter(chain, ...failed, ...skip))).toContainEqual({
      kind: 'record',
      event: {
        type: 'AgentSettled',
        round: 1,
        agentId: 'c',
        outcome: 'skipped',
        cause: {
          code: 'upstream_not_completed',
          message: 'Not started, because "Agent a" was not successful.',
          suggestion: 'Retry "Agent a"; this agent then starts automatically.',
          upstreamAgentId: 'a',
        },
      },
    });
  });
});

describe('cancelling', () => {
  it('cancels running agents, checks unanswered launches, and settles waiting agents', () => {
    expect(asked(one, given.cancel())).toEqual(['settle a cancelled']);
    expect(asked(one, given.launchIntended('a'), given.cancel())).toEqual(['resolve-launch a']);
    expect(asked(one, ...running, given.cancel())).toEqual(['cancel-run a', 'follow a']);
  });

  it('ends after Cursor did not confirm it, while the agent is still followed', () => {
    const unconfirmed = {
      type: 'CancelUnconfirmed',
      agentId: agentId('a'),
      attempt: 1,
      failure: given.failure('cancel_unconfirmed'),
    } as const;
    expect(asked(one, ...running, given.cancel(), unconfirmed)).toEqual(['follow a']);
  });

  it('hands off work that finished before the cancellation arrived', () => {
    expect(asked(one, ...running, given.cancel(), given.runEnded('a'))).toEqual([
      'hand-off a',
      'follow a',
    ]);
  });

  it('of one agent skips its downstream agents and no others', () => {
    const state = [chain, given.cancel('a'), given.settled('a', 'cancelled', null)] as const;
    expect(asked(...state)).toEqual(['settle b skipped']);
  });
});

describe('a follow-up', () => {
  it('that repairs a hand-off waits while the session is held; a message of the user does not', () => {
    expect(asked(one, ...running, given.runEnded('a'), repair)).toContain('send-follow-up a');
    expect(asked(one, ...running, given.runEnded('a'), repair, held)).toEqual(['follow a']);
    expect(asked(one, ...given.completeLifecycle('a'), given.message('a'), held)).toEqual([
      'send-follow-up a',
    ]);
  });

  it('that repairs a hand-off and cannot be sent fails the agent', () => {
    expect(asked(one, ...running, given.runEnded('a'), repair, rejected)).toContain(
      'settle a failed',
    );
  });

  it('to a completed agent that cannot be sent, or fails, leaves the agent completed', () => {
    expect(asked(one, ...given.completeLifecycle('a'), given.message('a'), rejected)).toEqual([
      'settle a completed',
    ]);
    const failed = given.runEnded('a', { turnId: given.runId('run-m'), outcome: 'error' });
    expect(
      asked(
        one,
        ...given.completeLifecycle('a'),
        given.message('a'),
        given.followUpSent('a', 'run-m'),
        failed,
      ),
    ).toContain('settle a completed');
  });

  it('to a failed agent that cannot be sent, or fails, leaves the agent failed', () => {
    expect(asked(one, ...given.failedLifecycle('a'), given.message('a'), rejected)).toEqual([
      'settle a failed',
    ]);
    const failed = given.runEnded('a', { turnId: given.runId('run-m'), outcome: 'error' });
    const sent = [given.message('a'), given.followUpSent('a', 'run-m'), failed];
    expect(asked(retrying, ...given.failedLifecycle('a'), ...sent)).toContain('settle a failed');
  });

  it('to a failed agent that finishes the work creates its hand-offs', () => {
    const finished = given.runEnded('a', { turnId: given.runId('run-m') });
    const sent = [given.message('a'), given.followUpSent('a', 'run-m'), finished];
    expect(asked(chain, ...given.failedLifecycle('a'), ...sent)).toContain('hand-off a');
  });
});

describe('the end', () => {
  const completed = given.completeLifecycle('a').slice(0, -1);

  it('comes once all streams are read and all artifacts are collected', () => {
    expect(asked(one, ...completed)).toEqual(['collect-artifacts a']);
    expect(asked(one, ...given.completeLifecycle('a'))).toEqual(['end finished']);
  });

  it('offers artifacts instead of fetching them if the run ended while it was not followed', () => {
    const away = [
      ...running,
      given.runEnded('a', { whileAway: true }),
      given.settled('a', 'completed'),
    ];
    expect(decide(stateAfter(one, ...away))).toContainEqual(
      expect.objectContaining({ kind: 'collect-artifacts', purpose: 'offer' }),
    );
  });

  it('is failed if an agent failed, and cancelled if the user cancelled the session', () => {
    expect(asked(one, ...given.failedLifecycle('a'))).toEqual(['end failed']);
    expect(asked(one, given.cancel(), given.settled('a', 'cancelled', null))).toEqual([
      'end cancelled',
    ]);
  });

  it('leaves no effects', () => {
    expect(
      asked(one, ...given.completeLifecycle('a'), { type: 'SessionEnded', outcome: 'finished' }),
    ).toEqual([]);
    expect(decide(undefined)).toEqual([]);
  });
});

describe('an interrupted turn', () => {
  const interrupted = (attempt = 1, turnId = `run-a-${attempt}`) =>
    given.runEnded('a', { attempt, outcome: 'interrupted', turnId: given.runId(turnId) });
  const resumed = (number: number): LifecycleEvent[] => {
    const about = {
      agentId: agentId('a'),
      attempt: 1,
      followUpId: given.followUpId(`f_${number}`),
    };
    return [
      { type: 'FollowUpIntended', round: 1, ...about, purpose: 'resume', prompt: 'Go on.' },
      { type: 'FollowUpSent', ...about, turnId: given.runId(`turn-${number}`) },
    ];
  };
  const again = (number: number) => [...resumed(number), interrupted(1, `turn-${number}`)];
  const read = ['run-a-1', 'turn-1', 'turn-2', 'turn-3'].map((id) => given.streamEnded('a', id));

  it('is resumed in the same thread, at most three times', () => {
    const once: History = [one, ...running, interrupted()];
    expect(asked(...once)).toEqual(['intend-resume a', 'follow a']);
    expect(asked(...once, ...again(1), ...again(2), ...read)).toEqual(['intend-resume a']);
    const most: History = [...once, ...again(1), ...again(2), ...again(3), ...read];
    expect(asked(...most)).toEqual(['settle a failed']);
    expect(decide(stateAfter(...most))).toContainEqual(
      expect.objectContaining({
        event: expect.objectContaining({ cause: expect.objectContaining({ code: 'interrupted' }) }),
      }),
    );
  });

  it('is not resumed while the session is held, and settles if the agent is cancelled', () => {
    expect(asked(one, ...running, interrupted(), read[0] ?? held, held)).toEqual([]);
    const cancelled: LifecycleEvent = { type: 'CancelRequested', agentId: agentId('a') };
    expect(asked(one, ...running, cancelled, interrupted(), ...read)).toEqual([
      'settle a cancelled',
    ]);
  });

  it('leaves work as completed if it was the reply to a message that is cancelled', () => {
    const messaged: History = [
      one,
      ...given.completeLifecycle('a'),
      given.message('a'),
      given.followUpSent('a', 'turn-1'),
      given.cancel('a'),
      interrupted(1, 'turn-1'),
      ...read,
    ];
    expect(asked(...messaged)).toContain('settle a completed');
  });

  it('waits for a free slot, and then goes before agents that have not started', () => {
    const three = given.sessionStarted(sampleWorkflow({ agents: ['a', 'b', 'c'] }), {
      maxConcurrentAgents: 2,
    });
    const bIsLive = [given.launchIntended('b'), given.launched('b')];
    const afterwards: History = [three, ...running, ...bIsLive, interrupted(), ...read];
    expect(asked(...afterwards)).toEqual(['intend-resume a', 'follow b']);
    const cIsLive = [given.launchIntended('c'), given.launched('c')];
    expect(asked(...afterwards, ...cIsLive)).toEqual(['follow b', 'follow c']);
    expect(asked(...afterwards, ...cIsLive, given.runEnded('b'))).toContain('intend-resume a');
  });

  it('is resumed before another agent starts in the same folder', () => {
    const local = {
      ...{ folder: '/work/shop', isRepository: true, carryUncommitted: true, sandbox: false },
      ...{ setup: [], copy: [], maxConcurrentAgents: 2, maxAttempts: 1 },
    };
    const started = (isolation: 'in-place' | 'worktree') => ({
      ...two(2),
      mode: 'local' as const,
      local: { ...local, isolation },
    });
    const history = [
      { ...given.launchIntended('a'), runtime: 'cursor-local' } as LifecycleEvent,
      given.launched('a'),
      interrupted(),
      ...read,
    ];
    expect(asked(started('in-place'), ...history)).toEqual(['intend-resume a']);
    expect(asked(started('worktree'), ...history)).toEqual(['intend-resume a', 'intend-launch b']);
  });

  it('is handed off once its resumed turn finishes', () => {
    const history: History = [one, ...running, interrupted(), ...resumed(1)];
    const finished = given.runEnded('a', { turnId: given.runId('turn-1') });
    expect(asked(...history, finished, ...read)).toEqual(['hand-off a']);
  });

  it('fails its agent if its resumption cannot be sent', () => {
    const [intended] = resumed(1);
    const history: History = [
      one,
      ...running,
      interrupted(),
      ...(intended === undefined ? [] : [intended]),
    ];
    expect(
      asked(...history, { ...rejected, followUpId: given.followUpId('f_1') }, ...read),
    ).toEqual(['settle a failed']);
  });
});
