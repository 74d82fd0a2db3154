import { describe, expect, it } from 'vitest';
import { faultBody } from '../../faults/fault.ts';
import type { ServerMessage } from '../stream/server-message.ts';
import { LocalStreamFaults } from './local-stream-faults.ts';

const text: ServerMessage = {
  case: 'interactionUpdate',
  value: { message: { case: 'textDelta', value: { text: 'a' } } },
};
const turnEnd: ServerMessage = {
  case: 'interactionUpdate',
  value: { message: { case: 'turnEnded', value: {} } },
};
const checkpoint: ServerMessage = { case: 'conversationCheckpointUpdate', value: {} };
const bytes = Buffer.from('12345');

const withEffects = (...effects: object[]): LocalStreamFaults =>
  // Effects of other kinds never reach this class: the registry filters them.
  new LocalStreamFaults(
    effects.map((effect) => faultBody.parse({ effect }).effect) as ConstructorParameters<
      typeof LocalStreamFaults
    >[0],
  );

describe('LocalStreamFaults', () => {
  it('delivers everything without faults', () => {
    const faults = withEffects();
    expect(faults.deliver(text, bytes)).toEqual({ bytes });
    expect(faults.ending()).toEqual({ afterMs: 0, how: 'say' });
  });

  it('cuts after a number of messages, or in the middle of one', () => {
    const byCount = withEffects({ kind: 'cut', afterEvents: 1 });
    expect(byCount.deliver(text, bytes).interruption).toBeUndefined();
    expect(byCount.deliver(text, bytes)).toMatchObject({ interruption: 'reset' });
    const byBytes = withEffects({ kind: 'cut', afterBytes: 7, how: 'end' });
    byBytes.deliver(text, bytes);
    const cut = byBytes.deliver(text, bytes);
    expect(cut.interruption).toBe('end');
    expect(Buffer.from(cut.bytes).toString()).toBe('12');
  });

  it('cuts instead of a checkpoint, or after the client has received it', () => {
    const before = withEffects({ kind: 'cut', beforeCheckpoint: 2 });
    expect(before.deliver(checkpoint, bytes).interruption).toBeUndefined();
    expect(before.deliver(checkpoint, bytes)).toMatchObject({ interruption: 'reset' });
    const after = withEffects({ kind: 'cut', afterCheckpoint: 1, how: 'end' });
    expect(after.cutAfterCheckpoint).toBeUndefined();
    after.deliver(checkpoint, bytes);
    expect(after.cutAfterCheckpoint).toBe('end');
    after.deliver(checkpoint, bytes);
    expect(after.cutAfterCheckpoint).toBeUndefined();
  });

  it('omits checkpoints and the end of the turn', () => {
    const faults = withEffects(
      { kind: 'no-checkpoint' },
      { kind: 'no-end', close: false },
      { kind: 'late-end', ms: 7 },
    );
    expect(faults.deliver(checkpoint, bytes).bytes).toHaveLength(0);
    expect(faults.deliver(turnEnd, bytes).bytes).toHaveLength(0);
    expect(faults.deliver(text, bytes).bytes).toHaveLength(5);
    expect(faults.ending()).toEqual({ afterMs: 7, how: 'silence' });
  });

  it('ends with an error, goes silent, or pauses at the given message', () => {
    const error = withEffects({ kind: 'turn-error', code: 'unavailable', afterEvents: 1 });
    expect(error.deliver(text, bytes).error).toBeUndefined();
    expect(error.deliver(text, bytes).error).toMatchObject({ code: 'unavailable' });
    const silent = withEffects({ kind: 'silence' });
    expect(silent.deliver(text, bytes)).toMatchObject({ interruption: 'silence' });
    expect(silent.hasHeartbeats).toBe(false);
    const pause = withEffects({ kind: 'pause', ms: 9 });
    expect(pause.deliver(text, bytes).waitMs).toBe(9);
    expect(pause.deliver(text, bytes).waitMs).toBeUndefined();
  });

  it('repeats one text, and hides usage', () => {
    const faults = withEffects({ kind: 'repeat-text' }, { kind: 'no-usage' });
    expect([faults.takeRepetition(), faults.takeRepetition()]).toEqual([true, false]);
    expect(faults.hidesUsage).toBe(true);
  });
});
