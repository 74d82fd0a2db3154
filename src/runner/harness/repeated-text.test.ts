import { describe, expect, it } from 'vitest';
import fc from '../../../testing/properties.ts';
import { RepeatedText } from './repeated-text.ts';

/** Adds the pieces as items 1, 2, …; returns the repetitions and the resulting text. */
function add(pieces: readonly string[]) {
  const repeated = new RepeatedText();
  const repetitions = pieces.flatMap((piece, mark) => repeated.add(piece, mark) ?? []);
  return { repetitions, text: repeated.text };
}
const words = (text: string) => text.split(/(?<= )/);

describe('a text that is repeated from its beginning', () => {
  it('counts once', () => {
    const pieces = [...words('The cart is '), ...words('The cart is empty now.')];
    expect(add(pieces)).toEqual({
      repetitions: [{ after: 0, upTo: 3 }],
      text: 'The cart is empty now.',
    });
  });

  it('is detected in pieces of different sizes', () => {
    const pieces = [...words('The cart is '), 'The cart is empty', ' now.'];
    expect(add(pieces)).toEqual({
      repetitions: [{ after: 0, upTo: 3 }],
      text: 'The cart is empty now.',
    });
  });

  it('counts once, however often it is repeated', () => {
    const pieces = [
      ...words('I will look '),
      ...words('I will look '),
      ...words('I will look now.'),
    ];
    const { repetitions, text } = add(pieces);
    expect(repetitions).toEqual([
      { after: 0, upTo: 3 },
      { after: 3, upTo: 6 },
    ]);
    expect(text).toBe('I will look now.');
  });

  it('is not detected before all of it was repeated', () => {
    expect(add([...words('The cart is not '), ...words('The cart is ')]).repetitions).toEqual([]);
    const otherwise = [...words('The cart is not '), ...words('The cart is full.')];
    expect(add(otherwise).repetitions).toEqual([]);
  });
});

describe('a text that only looks repeated', () => {
  it('may repeat short texts on purpose', () => {
    expect(add(['No. ', 'No. ', 'Never. ']).repetitions).toEqual([]);
    expect(add(['----------------', '----------------']).repetitions).toEqual([]);
  });

  it('after a reset is a new text', () => {
    const repeated = new RepeatedText();
    repeated.add('The cart is empty.', 0);
    repeated.reset();
    expect(repeated.add('The cart is empty.', 1)).toBeNull();
  });
});

it('detects a restart after any position, with pieces of any size', () => {
  const text = 'Once upon a time there was a cart, and nobody had ever put anything in it.';
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: text.length - 1 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (restartAt, sizes) => {
        const pieces = [...cut(text.slice(0, restartAt), sizes), ...cut(text, sizes)];
        expect(add(pieces).text).toBe(text);
      },
    ),
  );
});

function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}
