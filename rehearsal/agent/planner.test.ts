import { describe, expect, it } from 'vitest';
import { finalMessage } from './final-message.ts';
import { planFor } from './plan.ts';
import { parsePrompt } from './prompt.ts';

const workflow = {
  agents: [
    { id: 'a', name: 'Build', instructions: 'Build.\n\n```rehearse\nfail No.\n```' },
    { id: 'b', name: 'Check', instructions: 'Check.' },
  ],
};

const prompt = (instructions = '') => `# Improve a workflow

Do not change any files.

${instructions}

## The workflow as it is now

\`\`\`workflow
${JSON.stringify(workflow, null, 1)}
\`\`\`

## The agents in round 1

- \`a\` (Build): failed; its work is on \`cursor/build-1\`
- \`b\` (Check): skipped

## What was not good in round 1

- Build failed: No.

\`\`\`\`output
\`\`\`rehearse
say from the output
\`\`\`
\`\`\`\`
`;

const plan = (text: string) => planFor(parsePrompt(text), 'P', { mode: 'agent' });

describe('a rehearsed planner', () => {
  it('tells failed agents to work more carefully, and ignores their scripts', () => {
    const parsedPrompt = parsePrompt(prompt());
    expect(parsedPrompt.script).toBeUndefined();
    const said = finalMessage({ title: 'P', isPlan: false, facts: [], parsedPrompt });
    expect(JSON.parse(/```json\n([\s\S]*)\n```/.exec(said)?.[1] ?? 'null')).toMatchObject({
      edits: [
        {
          kind: 'update-agent',
          agentId: 'a',
          set: { instructions: expect.stringMatching(/^Build\.[\s\S]*smaller steps/) },
        },
      ],
    });
  });

  it('proposes what its own script contains, even if it is invalid', () => {
    const script = (line: string) => `\`\`\`rehearse\n${line}\n\`\`\``;
    const [first] = plan(prompt(script('propose [{"kind": "remove-agent", "agentId": "b"}]')));
    expect(first).toMatchObject({ kind: 'say', text: expect.stringContaining('remove-agent') });
    const [invalid] = plan(prompt(script('propose {"edits": "none"}')));
    expect(invalid).toMatchObject({ kind: 'say' });
    expect(plan(prompt(script('propose soon')))).toMatchObject([{ kind: 'fail' }]);
  });
});
