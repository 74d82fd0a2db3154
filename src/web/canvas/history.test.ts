import { describe, expect, it } from 'vitest';
import { record, redo, startHistory, undo } from './history.ts';

describe('undo and redo', () => {
  it('goes back and forth through the edits', () => {
    const history = record(record(startHistory('a'), 'b'), 'c');
    expect(undo(history).present).toBe('b');
    expect(undo(undo(undo(history))).present).toBe('a');
    expect(redo(undo(history)).present).toBe('c');
  });

  it('undoes typing in one field in one step', () => {
    const typed = ['h', 'he', 'hey'].reduce(
      (history, text) => record(history, text, 'name'),
      startHistory(''),
    );
    expect(undo(typed).present).toBe('');
  });

  it('keeps edits of two fields separate', () => {
    const history = record(record(startHistory(''), 'a', 'name'), 'b', 'role');
    expect(undo(history).present).toBe('a');
  });

  it('discards the redo steps after a new edit', () => {
    const history = record(undo(record(startHistory('a'), 'b')), 'c');
    expect(redo(history).present).toBe('c');
  });

  it('ignores an edit that changes nothing', () => {
    const history = startHistory('a');
    expect(record(history, 'a')).toBe(history);
  });
});
