import { describe, expect, it } from 'vitest';
import { matchesPrompt, scriptBody } from './registered-script.ts';

const prompt = {
  agentId: 'bc-1',
  agentName: 'Shop: Reviewer',
  text: 'Review it.\nAnswer in JSON.',
};

describe('registered scripts', () => {
  it.each([
    [{}, true],
    [{ agent: 'Shop: Reviewer' }, true],
    [{ agent: 'bc-1' }, true],
    [{ agent: 'Reviewer' }, false],
    [{ text: 'answer in json' }, true],
    [{ text: 'review*json' }, true],
    [{ text: 'json*review' }, false],
    [{ text: '.*' }, true],
    [{ text: 'Review it', agent: 'bc-2' }, false],
  ])('match %j: %s', (match, expected) => expect(matchesPrompt(match, prompt)).toBe(expected));

  it.each([
    ['neither script nor answer', {}],
    ['an unknown instruction', { script: 'dance' }],
    ['an empty answer', { answer: '' }],
    ['an unknown field', { answer: 'x', match: { prompt: 'y' } }],
  ])('refuse %s', (_, body) => expect(scriptBody.safeParse(body).success).toBe(false));
});
