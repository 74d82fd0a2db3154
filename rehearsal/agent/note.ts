import type { ParsedPrompt } from './prompt.ts';

/** Content of the note with the hand-offs that an agent received. */
export function noteText(note: {
  readonly title: string;
  readonly agentId: string;
  readonly runId: string;
  readonly parsedPrompt: ParsedPrompt;
}): string {
  const { title, agentId, runId, parsedPrompt } = note;
  const handOffs =
    parsedPrompt.handOffs === undefined
      ? 'None: this agent did not receive anything from other agents.'
      : parsedPrompt.handOffs
          .split('\n')
          .map((line) => `> ${line}`.trimEnd())
          .join('\n');
  return [
    `# ${title}`,
    `Written by the rehearsed agent \`${agentId}\` in \`${runId}\`.`,
    '## Task',
    parsedPrompt.title,
    '## Received hand-offs',
    handOffs,
    '',
  ].join('\n\n');
}
