import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RepeatedSpeech } from './repeated-speech.ts';

/** Says the pieces as items 1, 2, …, and returns which of them no longer count, and the text that does. */
function say(pieces: readonly string[]) {
  const speech = new RepeatedSpeech();
  const repetitions = pieces.flatMap((piece, mark) => speech.add(piece, mark) ?? []);
  return { repetitions, text: speech.text };
}
const words = (text: string) => text.split(/(?<= )/);

describe('a text that is said again from its beginning', () => {
  it('counts once', () => {
    const pieces = [...words('The cart is '), ...words('The cart is empty now.')];
    expect(say(pieces)).toEqual({
      repetitions: [{ after: 0, upTo: 3 }],
      text: 'The cart is empty now.',
    });
  });

  it('is known in pieces of another size', () => {
    const pieces = [...words('The cart is '), 'The cart is empty', ' now.'];
    expect(say(pieces)).toEqual({
      repetitions: [{ after: 0, upTo: 3 }],
      text: 'The cart is empty now.',
    });
  });

  it('counts once however often it is said', () => {
    const pieces = [
      ...words('I will look '),
      ...words('I will look '),
      ...words('I will look now.'),
    ];
    const { repetitions, text } = say(pieces);
    expect(repetitions).toEqual([
      { after: 0, upTo: 3 },
      { after: 3, upTo: 6 },
    ]);
    expect(text).toBe('I will look now.');
  });

  it('is not known before all of it was said again', () => {
    expect(say([...words('The cart is not '), ...words('The cart is ')]).repetitions).toEqual([]);
    const otherwise = [...words('The cart is not '), ...words('The cart is full.')];
    expect(say(otherwise).repetitions).toEqual([]);
  });
});

describe('a text that only looks like it', () => {
  it('says short things twice on purpose', () => {
    expect(say(['No. ', 'No. ', 'Never. ']).repetitions).toEqual([]);
    expect(say(['----------------', '----------------']).repetitions).toEqual([]);
  });

  it('after something else is another text', () => {
    const speech = new RepeatedSpeech();
    speech.add('The cart is empty.', 0);
    speech.reset();
    expect(speech.add('The cart is empty.', 1)).toBeNull();
  });
});

it('finds a break anywhere in any text, whatever the pieces', () => {
  const text = 'Once upon a time there was a cart, and nobody had ever put anything in it.';
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: text.length - 1 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (brokenAt, sizes) => {
        const pieces = [...cut(text.slice(0, brokenAt), sizes), ...cut(text, sizes)];
        expect(say(pieces).text).toBe(text);
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
