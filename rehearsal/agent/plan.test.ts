import { describe, expect, it } from 'vitest';
import { planFor } from './plan.ts';
import { readPrompt } from './prompt.ts';

const kinds = (prompt: string) => planFor(readPrompt(prompt), 'A').map(({ kind }) => kind);
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

  it('publishes what a script did, and concludes only for a script that says nothing', () => {
    expect(kinds(scripted('write a b'))).toEqual(['write', 'publish', 'conclude']);
    expect(kinds(scripted('write a b', 'say done'))).toEqual(['write', 'say', 'publish']);
  });

  it('changes nothing in plan mode, whatever the script says', () => {
    const planned = (prompt: string) =>
      planFor(readPrompt(prompt), 'A', 'plan').map(({ kind }) => kind);
    expect(planned('# A\n\nDo it.')).toEqual(['think', 'say', 'explore', 'say', 'conclude']);
    const lines = ['write a b', 'append a c', 'merge cursor/x-1234', 'run rm -rf .', 'say done'];
    expect(planned(scripted(...lines))).toEqual(['think', 'think', 'think', 'think', 'say']);
    expect(planned(scripted('write /opt/cursor/artifacts/plan.md b', 'fail'))).toEqual([
      'write',
      'fail',
      'conclude',
    ]);
  });

  it('fails with an explanation when the script cannot be read', () => {
    expect(kinds(scripted('dance'))).toEqual(['fail']);
  });

  it('answers a request to repair the structured answer with nothing else', () => {
    expect(kinds('Nothing else. Change no files.\n\n```json-schema\n{}\n```')).toEqual([
      'conclude',
    ]);
  });
});
