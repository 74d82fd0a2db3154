import { describe, expect, it } from 'vitest';
import {
  followUpId,
  launched,
  launchIntended,
  runEnded,
  runId,
  sessionId,
  sessionStarted,
  stateAfter,
  threadId,
} from '../../../testing/session/sample-events.ts';
import { JournalFailure } from '../../journal/disk-trouble.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { agentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import type { SlowEffect } from '../handlers/execute.ts';
import { InternalErrors } from './internal-errors.ts';

const about = { agentId: agentId('a'), attempt: 1, round: 1 } as const;
const cursor = {
  ...about,
  runtime: 'cursor-cloud' as const,
  threadId: threadId('bc-a-1'),
  turnId: runId('run-a-1'),
};

function errorsOf(effect: SlowEffect) {
  const told: LifecycleEvent[] = [];
  const context = {
    clock: { now: () => 0 },
    log: { info() {}, warn() {}, error() {} },
    journal: { append: (_: unknown, events: readonly LifecycleEvent[]) => told.push(...events) },
  };
  // Only these parts of the context are used.
  const errors = new InternalErrors(context as unknown as EngineContext, sessionId, effect);
  const waits = (count: number, error: unknown = new TypeError('The "args[3]" must be a string')) =>
    Array.from({ length: count }, () => {
      const result = errors.handle(error);
      return result.kind === 'retry' ? result.at : null;
    });
  return { told, errors, waits };
}

describe('a recurring internal error', () => {
  it('is shown on the agent with a stable code, backs off, and ends the effect', () => {
    const { told, waits } = errorsOf({ kind: 'hand-off', ...about });
    expect(waits(5)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000]);
    expect(told).toHaveLength(4);
    expect(told[0]).toMatchObject({
      type: 'ConnectionChanged',
      failure: { code: 'internal_error', message: expect.stringContaining('args[3]') },
    });
    const state = stateAfter(
      sessionStarted(),
      launchIntended('a'),
      launched('a'),
      runEnded('a'),
      ...told,
    );
    expect(state.agents[0]?.phase).toMatchObject({
      kind: 'settled',
      outcome: 'failed',
      cause: { code: 'internal_error' },
    });
  });

  it('is counted anew after a successful try, and a disk failure is not counted', () => {
    const { told, errors, waits } = errorsOf({ kind: 'hand-off', ...about });
    for (let round = 0; round < 10; round += 1) {
      waits(1);
      errors.reset();
    }
    const full = { code: 'disk_full', message: 'Full.', suggestion: 'Free some.' } as const;
    waits(20, new JournalFailure(full, new Error('full')));
    expect(told).toEqual([]);
  });

  it.each<[SlowEffect, LifecycleEvent['type']]>([
    [{ kind: 'intend-launch', ...about, notBefore: null }, 'AgentSettled'],
    [{ kind: 'launch', ...cursor, notBefore: null }, 'LaunchRejected'],
    [{ kind: 'resolve-launch', ...cursor }, 'LaunchRejected'],
    [{ kind: 'send-follow-up', ...cursor, followUpId: followUpId('f') }, 'FollowUpRejected'],
    [{ kind: 'cancel-run', ...cursor }, 'CancelUnconfirmed'],
    [{ kind: 'intend-resume', ...cursor }, 'AgentSettled'],
    [{ kind: 'collect-artifacts', ...cursor, purpose: 'fetch' }, 'ArtifactsReported'],
    [{ kind: 'report-usage', ...cursor }, 'UsageReported'],
    [{ kind: 'check-end', ...cursor }, 'EndChecked'],
    [{ kind: 'record-base', ...about }, 'CommitsRecorded'],
  ])('ends every kind of work: %j', (effect, type) => {
    const { told, waits } = errorsOf(effect);
    waits(5);
    expect(told.at(-1)?.type).toBe(type);
  });

  it('never ends the following of a run', () => {
    const { told, waits } = errorsOf({ kind: 'follow', ...cursor, hasEnded: false });
    expect(waits(20).at(-1)).toBe(600_000);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['ConnectionChanged']));
  });
});
