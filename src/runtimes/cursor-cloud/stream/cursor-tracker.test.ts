import { expect, it } from 'vitest';
import fc from '../../../../testing/properties.ts';
import { CursorTracker } from './cursor-tracker.ts';
import type { Frame } from './frame.ts';

const frame = (event: string, id?: string): Frame =>
  id === undefined ? { event, data: '{}' } : { event, id, data: '{}' };

const cursorAfter = (...frames: Frame[]): string | undefined => {
  const tracker = new CursorTracker();
  for (const each of frames) tracker.read(each);
  return tracker.cursor;
};

it('does not move between a simplified frame and its twin', () => {
  expect(cursorAfter(frame('assistant', '1-0'))).toBeUndefined();
  expect(cursorAfter(frame('assistant', '1-0'), frame('interaction_update', '1-0'))).toBe('1-0');
});

it('moves past a frame without a twin once another id has arrived', () => {
  const alone = frame('tool_call', '1-0');
  expect(cursorAfter(alone)).toBeUndefined();
  expect(cursorAfter(alone, frame('tool_call', '2-0'))).toBe('1-0');
});

it('is not moved by frames without an id', () => {
  expect(cursorAfter(frame('assistant', '1-0'), frame('status'))).toBeUndefined();
});

it('never moves to the id of the result, not even after done', () => {
  const until = [frame('interaction_update', '1-0'), frame('result', '2-0')];
  expect(cursorAfter(...until)).toBe('1-0');
  expect(cursorAfter(...until, frame('status'), frame('interaction_update', '3-0'))).toBe('1-0');
  expect(cursorAfter(...until, frame('done', '2-0'))).toBe('1-0');
  expect(cursorAfter(...until, frame('done'))).toBe('1-0');
});

it('is not moved by a done without a result', () => {
  expect(cursorAfter(frame('assistant', '1-0'), frame('done'))).toBeUndefined();
  expect(cursorAfter(frame('assistant', '1-0'), frame('done', '1-0'))).toBeUndefined();
});

/** Whole runs as Cursor sends them: pairs, lone simplified frames, lone updates, then result and done. */
const runs = fc
  .array(fc.constantFrom('pair', 'simplified', 'update'), { maxLength: 30 })
  .map((kinds) => [
    ...kinds.flatMap((kind, index) => {
      const id = `${index}-0`;
      if (kind === 'pair') return [frame('assistant', id), frame('interaction_update', id)];
      return [frame(kind === 'update' ? 'interaction_update' : 'tool_call', id)];
    }),
    frame('result', 'end-0'),
    frame('done', 'end-0'),
  ]);

/** The server: a fresh status, then everything strictly after the last frame with this id. */
function connect(run: readonly Frame[], lastEventId: string | undefined): Frame[] {
  const at = lastEventId === undefined ? -1 : run.findLastIndex(({ id }) => id === lastEventId);
  return [frame('status'), ...run.slice(at + 1)];
}

const key = ({ id, event }: Frame) => `${id} ${event}`;

it('delivers the original stream for any cut points, after duplicates are dropped', () => {
  fc.assert(
    fc.property(runs, fc.array(fc.nat(70), { maxLength: 20 }), (run, cuts) => {
      const stored = new Map<string, Frame>();
      let cursor: string | undefined;
      // Each cut is a crash: only what was stored (frames and cursor) survives into the next connection.
      for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
        const tracker = new CursorTracker(cursor);
        const connection = connect(run, cursor);
        const arrived = connection.slice(0, cut);
        // Every second connection that is cut before the result ends with a premature `done`.
        const isEarly = !arrived.some(({ event }) => event === 'result');
        if (cut % 2 === 0 && isEarly) arrived.push(frame('done'));
        for (const each of arrived) {
          tracker.read(each);
          if (each.id !== undefined && !stored.has(key(each))) stored.set(key(each), each);
        }
        cursor = tracker.cursor;
      }
      expect([...stored.values()].map(key)).toEqual(run.map(key));
      expect(connect(run, cursor).at(-1)).toEqual(frame('done', 'end-0'));
    }),
  );
});

it('repeats at most one id after any cut', () => {
  fc.assert(
    fc.property(runs, fc.nat(70), (run, cut) => {
      const tracker = new CursorTracker();
      const before = connect(run, undefined).slice(0, cut);
      for (const each of before) tracker.read(each);
      const delivered = new Set(before.map(({ id }) => id).filter((id) => id !== undefined));
      const repeated = new Set(
        connect(run, tracker.cursor)
          .map(({ id }) => id)
          .filter((id) => id !== undefined && delivered.has(id)),
      );
      // The result can be read again until done, and so can the open frame before it.
      expect(repeated.size).toBeLessThanOrEqual(1);
    }),
  );
});
