import { describe, expect, it } from 'vitest';
import { planFor } from './plan.ts';
import { parsePrompt } from './prompt.ts';

const kinds = (prompt: string, scripted?: { id: string; script?: string; answer?: string }) =>
  planFor(parsePrompt(prompt), 'A', {
    mode: 'agent',
    ...(scripted === undefined ? {} : { scripted }),
  }).map(({ kind }) => kind);
const scripted = (...lines: string[]) => `# A\n\n\`\`\`rehearse\n${lines.join('\n')}\n\`\`\``;

describe('planFor', () => {
  it('explores, writes, publishes and concludes by default', () => {
    expect(kinds('# A\n\nDo it.')).toEqual([
      'think',
      'say',
      'explore',
      'think',
      'note',
      'report',
      'publish',
      'conclude',
    ]);
  });

  it('publishes after a script, and concludes only if the script writes no text', () => {
    expect(kinds(scripted('write a b'))).toEqual(['write', 'publish', 'conclude']);
    expect(kinds(scripted('write a b', 'say done'))).toEqual(['write', 'say', 'publish']);
  });

  it('prefers a registered script to one in the prompt, and ends with its answer', () => {
    const prompt = scripted('write a b', 'say done');
    expect(kinds(prompt, { id: 's', script: 'think x' })).toEqual(['think', 'publish', 'conclude']);
    expect(kinds(prompt, { id: 's', script: 'think x', answer: 'yes' })).toEqual([
      'think',
      'publish',
      'say',
    ]);
    expect(kinds('# A\n\nDo it.', { id: 's', answer: 'yes' }).slice(-2)).toEqual([
      'publish',
      'say',
    ]);
  });

  it('changes nothing in plan mode', () => {
    const planned = (prompt: string) =>
      planFor(parsePrompt(prompt), 'A', { mode: 'plan' }).map(({ kind }) => kind);
    expect(planned('# A\n\nDo it.')).toEqual(['think', 'say', 'explore', 'say', 'conclude']);
    const lines = ['write a b', 'append a c', 'merge cursor/x-1234', 'run rm -rf .', 'say done'];
    expect(planned(scripted(...lines))).toEqual(['think', 'think', 'think', 'think', 'say']);
    expect(planned(scripted('write /opt/cursor/artifacts/plan.md b', 'fail'))).toEqual([
      'write',
      'fail',
      'conclude',
    ]);
  });

  it('fails with a message if the script is invalid', () => {
    expect(kinds(scripted('dance'))).toEqual(['fail']);
  });

  it('only concludes when asked to repair the structured answer', () => {
    expect(kinds('Nothing else. Change no files.\n\n```json-schema\n{}\n```')).toEqual([
      'conclude',
    ]);
  });
});
