import { commitsSince } from '../../git/publish.ts';
import { slugOf } from '../../ids.ts';
import { finalMessage, handOffSentence, plural } from '../final-message.ts';
import { noteText } from '../note.ts';
import { isFilePath, outputFileContent } from '../output-files.ts';
import type { RunContext } from '../run-context.ts';
import { putArtifact, toToolOutcome, writeFileStep } from './files.ts';

/** `notes/<agent>-<4 hex>.md`: with the suffix of the branch, the notes of two agents do not conflict in a merge. */
function notePathOf(context: RunContext): string {
  const { name, branchSuffix } = context.agent();
  return `notes/${slugOf(name)}-${branchSuffix}.md`;
}

/** Writes the note with the hand-offs that reached this agent; each follow-up writes a note of its own. */
export async function writeNote(context: RunContext): Promise<void> {
  const { parsedPrompt, run, workspace } = context;
  if (workspace.repositories.length === 0) return;
  const agent = context.agent();
  const text = noteText({ title: agent.name, agentId: agent.id, runId: run.id, parsedPrompt });
  const path = notePathOf(context);
  const runs = context.store.runs.ofAgent(run.agentId);
  const number = runs.findIndex(({ id }) => id === run.id) + 1;
  const paths = number > 1 ? path.replace(/\.md$/, `-run-${number}.md`) : path;
  for (const { directory } of workspace.repositories) {
    await writeFileStep(context, directory === '' ? paths : `${directory}/${paths}`, text);
  }
}

/** Writes the requested output files that do not exist yet. */
export async function writeOutputs(context: RunContext): Promise<void> {
  const { parsedPrompt, workspace } = context;
  if (workspace.repositories.length === 0) return;
  for (const path of parsedPrompt.outputFiles.filter(isFilePath)) {
    if (await exists(workspace, path)) continue;
    await writeFileStep(context, path, outputFileContent(path, context.agent().name, parsedPrompt));
  }
}

async function exists(workspace: RunContext['workspace'], path: string): Promise<boolean> {
  // If the file cannot be read for another reason, the tool call that writes it fails and shows why.
  return (await toToolOutcome(async () => ({ text: await workspace.read(path) }))).ok;
}

export async function writeReport(context: RunContext): Promise<void> {
  const { parsedPrompt, run } = context;
  const agent = context.agent();
  const received = parsedPrompt.handOffs === undefined ? 'no hand-off' : 'a hand-off';
  await putArtifact(
    context,
    'report.md',
    `# Report of ${agent.name}\n\nRun ${run.id} started with ${received} and did what its prompt asked for.\n`,
  );
}

/** The final message: what was done, and then exactly the sections that the prompt asks for. */
export async function conclude(context: RunContext): Promise<void> {
  const { parsedPrompt, writer, run } = context;
  const facts = parsedPrompt.requestsAnswerOnly ? [] : await factsOf(context);
  const isPlan = run.mode === 'plan';
  await writer.writeText(
    finalMessage({ title: context.agent().name, isPlan, facts, parsedPrompt }),
  );
}

async function factsOf(context: RunContext): Promise<readonly string[]> {
  const { workspace, store, run, parsedPrompt } = context;
  const facts: string[] = [handOffSentence(parsedPrompt.handOffs)];
  for (const branch of context.agent().branches) {
    const repository = workspace.repositories.find(({ url }) => url === branch.repositoryUrl);
    if (repository === undefined) continue;
    const cwd = workspace.folderOf(repository);
    const count = (await commitsSince(branch.baseCommit, { cwd })).length;
    facts.push(`The branch \`${branch.branch}\` contains ${count} new ${plural('commit', count)}.`);
  }
  const artifacts = store.artifacts.ofAgent(run.agentId).map(({ path }) => `\`${path}\``);
  if (artifacts.length > 0) facts.push(`Artifacts: ${artifacts.slice(0, 10).join(', ')}.`);
  return facts;
}
