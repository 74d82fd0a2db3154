import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { isBlank, textOrNull } from './blank.ts';

/** Zero-width space, joiners, byte order mark, soft hyphen, word joiner, marks of direction, fillers, a tag. */
const invisible = [
  ...['\u200B', '\u200C', '\u200D', '\uFEFF', '\u00AD', '\u2060', '\u200E', '\u202E', '\u2066'],
  ...[
    '\u3164',
    '\u115F',
    '\uFFA0',
    '\u2800',
    '\u180E',
    '\uFE0F',
    '\u034F',
    '\u{E0041}',
    '\u{1D173}',
  ],
  ...['\0', '\u0007', '\u007F', '\u0085', ' ', '\t', '\n', '\u00A0', '\u3000', '\u2028'],
];

const blank = fc.array(fc.constantFrom(...invisible)).map((parts) => parts.join(''));

describe('a text', () => {
  it('is blank if it is absent or contains no visible character', () => {
    expect(isBlank(undefined)).toBe(true);
    fc.assert(fc.property(blank, (text) => isBlank(text) && textOrNull(text) === null));
  });

  it('is not blank if it contains one visible character', () => {
    const character = fc.constantFrom('a', '.', '0', 'ن', '字', '👩‍🚀', '́', '\u{1F3F4}');
    fc.assert(
      fc.property(blank, character, blank, (before, one, after) => {
        expect(isBlank(before + one + after)).toBe(false);
        expect(textOrNull(before + one + after)).toBe((before + one + after).trim());
      }),
    );
  });

  it('is checked in linear time', () => {
    expect(isBlank('\u200B '.repeat(500_000))).toBe(true);
  });
});
