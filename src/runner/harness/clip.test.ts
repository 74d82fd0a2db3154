import { describe, expect, it } from 'vitest';
import { clip, MAX_TEXT_LENGTH } from './clip.ts';

describe('arguments and results', () => {
  it('stay unchanged if their texts are short', () => {
    const value = { a: ['b', 1, null, true], c: { d: 'e' } };
    expect(clip(value)).toEqual({ value, isClipped: false });
    expect(clip(undefined)).toEqual({ value: undefined, isClipped: false });
  });

  it('lose the middle of a long text and are marked as clipped', () => {
    const { value, isClipped } = clip({ text: `begin${'x'.repeat(MAX_TEXT_LENGTH)}end` });
    const { text } = value as { text: string }; // The shape of the input.
    expect(isClipped).toBe(true);
    expect(text).toMatch(/^begin.*\n… 8 characters omitted …\n.*end$/s);
    expect(text.length).toBeLessThan(MAX_TEXT_LENGTH + 100);
  });

  it('become valid JSON', () => {
    const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`);
    expect(JSON.stringify(clip({ big: 2n ** 70n, bytes: new Uint8Array([1, 2]) }).value)).toBe(
      '{"big":"1180591620717411303424","bytes":"AQI="}',
    );
    expect(clip(deep).isClipped).toBe(true);
  });
});
