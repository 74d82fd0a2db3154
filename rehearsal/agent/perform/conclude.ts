import { commitsSince } from '../../git/publish.ts';
import { slugOf } from '../../ids.ts';
import { outlineOf } from '../fences.ts';
import type { Performance } from '../performance.ts';
import { valueFor } from '../schema-values.ts';
import { putArtifact, writeFileStep } from './files.ts';

/** `notes/<agent>-<4hex>.md`: the suffix of the branch keeps the notes of two agents apart in a merge. */
export function notePathOf(performance: Performance): string {
  const { name, branchSuffix } = performance.agent();
  return `notes/${slugOf(name)}-${branchSuffix}.md`;
}

/** Writes the note that shows which hand-offs reached this agent; one for each follow-up is added below it. */
export async function writeNote(performance: Performance): Promise<void> {
  const { reading, run, workspace } = performance;
  if (workspace.repositories.length === 0) return;
  const agent = performance.agent();
  const handOffs =
    reading.handOffs === undefined
      ? 'None: no other agent handed anything to this one.'
      : reading.handOffs
          .split('\n')
          .map((line) => `> ${line}`.trimEnd())
          .join('\n');
  const text = [
    `# ${agent.name}`,
    `Written by the rehearsed agent \`${agent.id}\` in \`${run.id}\`.`,
    '## Task',
    reading.title,
    '## Received hand-offs',
    handOffs,
    '',
  ].join('\n\n');
  const path = notePathOf(performance);
  const runs = performance.store.runs.ofAgent(run.agentId);
  const number = runs.findIndex(({ id }) => id === run.id) + 1;
  const paths = number > 1 ? path.replace(/\.md$/, `-run-${number}.md`) : path;
  for (const { directory } of workspace.repositories) {
    await writeFileStep(performance, directory === '' ? paths : `${directory}/${paths}`, text);
  }
}

export async function leaveReport(performance: Performance): Promise<void> {
  const { reading, run } = performance;
  const agent = performance.agent();
  const received = reading.handOffs === undefined ? 'no hand-off' : 'a hand-off';
  await putArtifact(
    performance,
    'report.md',
    `# Report of ${agent.name}\n\nRun ${run.id} started with ${received} and did what its prompt asked for.\n`,
  );
}

/** The last message: what was done, and then exactly the sections that the prompt asked for. */
export async function conclude(performance: Performance): Promise<void> {
  const { reading, narrator } = performance;
  if (reading.wantsAnswerOnly && reading.answerSchema !== undefined) {
    return narrator.say(structuredAnswer(reading.answerSchema));
  }
  const facts = await factsOf(performance);
  const did = performance.run.mode === 'plan' ? 'planned' : 'finished';
  const parts = [`I ${did} "${performance.agent().name}". ${facts.join(' ')}`];
  if (reading.answerSchema !== undefined) parts.push(structuredAnswer(reading.answerSchema));
  if (reading.wantsHandOffSummary) {
    parts.push(['## Hand-off summary', ...facts.map((fact) => `- ${fact}`)].join('\n'));
  }
  await narrator.say(parts.join('\n\n'));
}

async function factsOf(performance: Performance): Promise<readonly string[]> {
  const { workspace, store, run, reading } = performance;
  const facts: string[] = [handOffFact(reading.handOffs)];
  for (const branch of performance.agent().branches) {
    const repository = workspace.repositories.find(({ url }) => url === branch.repositoryUrl);
    if (repository === undefined) continue;
    const cwd = workspace.folderOf(repository);
    const count = (await commitsSince(branch.baseCommit, { cwd })).length;
    facts.push(`The branch \`${branch.branch}\` holds ${count} new ${plural('commit', count)}.`);
  }
  const artifacts = store.artifacts.ofAgent(run.agentId).map(({ path }) => `\`${path}\``);
  if (artifacts.length > 0) facts.push(`Artifacts: ${artifacts.slice(0, 10).join(', ')}.`);
  return facts;
}

/** Who handed something over, by the headings `From NAME` of the hand-off part, and how much it was. */
function handOffFact(handOffs: string | undefined): string {
  if (handOffs === undefined) return 'I received no hand-off.';
  const names = outlineOf(handOffs).headings.flatMap(
    ({ title }) => /^From (.+?)(?: \([^()]*\))?$/.exec(title)?.[1] ?? [],
  );
  const size = `${handOffs.length} ${plural('character', handOffs.length)}`;
  if (names.length === 0) return `I received a hand-off of ${size}.`;
  const what = names.length === 1 ? 'a hand-off' : 'hand-offs';
  return `I received ${what} from ${names.join(' and ')} (${size}).`;
}

const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

function structuredAnswer(schemaText: string): string {
  let schema: unknown;
  try {
    schema = JSON.parse(schemaText);
  } catch (error) {
    return `The JSON Schema in my prompt cannot be read: ${String(error)}`;
  }
  return `\`\`\`json\n${JSON.stringify(valueFor(schema), null, 2)}\n\`\`\``;
}
