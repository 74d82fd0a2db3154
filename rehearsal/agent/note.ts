import type { PromptReading } from './prompt.ts';

/** The note that shows which hand-offs reached an agent. */
export function noteText(note: {
  readonly title: string;
  readonly agentId: string;
  readonly runId: string;
  readonly reading: PromptReading;
}): string {
  const { title, agentId, runId, reading } = note;
  const handOffs =
    reading.handOffs === undefined
      ? 'None: this agent did not receive anything from other agents.'
      : reading.handOffs
          .split('\n')
          .map((line) => `> ${line}`.trimEnd())
          .join('\n');
  return [
    `# ${title}`,
    `Written by the rehearsed agent \`${agentId}\` in \`${runId}\`.`,
    '## Task',
    reading.title,
    '## Received hand-offs',
    handOffs,
    '',
  ].join('\n\n');
}
