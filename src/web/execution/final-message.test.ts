import { describe, expect, it } from 'vitest';
import { finalMessageText } from './final-message.ts';

const shown = (message: string, maxLength = 1200) => finalMessageText(message, maxLength);

const block = '```decision\n{"c-7f3a": {"holds": true, "reason": "All tests pass."}}\n```';

describe('the final message of an agent', () => {
  it('leaves out the decision, and nothing else', () => {
    const work = '# Done\n\nThe decision was hard.\n\n```json\n{"holds": "water"}\n```';
    expect(shown(`${work}\n\n${block}\n`)).toBe(work);
    expect(shown(`Before.\n\n${block}\n\nAfter.`)).toMatch(/^Before\.\s+After\.$/);
    expect(shown(work)).toBe(work);
  });

  it('leaves out a decision that the preview cuts in the middle', () => {
    expect(shown(`Done.\n\n${block.slice(0, 30)}`)).toBe('Done.');
  });

  it('is truncated after the decision was left out', () => {
    const long = 'word '.repeat(30);
    expect(shown(`${block}\n\n${long}`, 100)).toBe(`${long.slice(0, 100)}…`);
    expect(shown(`Done.\n\n${block}`, 100)).toBe('Done.');
  });

  it('says so if it consists only of a decision', () => {
    expect(shown(`${block}\n`)).toContain('shown under Flow');
  });
});
