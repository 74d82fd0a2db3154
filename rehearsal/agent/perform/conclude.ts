import { commitsSince } from '../../git/publish.ts';
import { slugOf } from '../../ids.ts';
import { conclusion, handOffFact, plural } from '../conclusion.ts';
import { noteText } from '../note.ts';
import { isFilePath, outputText } from '../output-files.ts';
import type { Performance } from '../performance.ts';
import { guarded, putArtifact, writeFileStep } from './files.ts';

/** `notes/<agent>-<4hex>.md`: the suffix of the branch keeps the notes of two agents apart in a merge. */
function notePathOf(performance: Performance): string {
  const { name, branchSuffix } = performance.agent();
  return `notes/${slugOf(name)}-${branchSuffix}.md`;
}

/** Writes the note that shows which hand-offs reached this agent; one for each follow-up is added below it. */
export async function writeNote(performance: Performance): Promise<void> {
  const { reading, run, workspace } = performance;
  if (workspace.repositories.length === 0) return;
  const agent = performance.agent();
  const text = noteText({ title: agent.name, agentId: agent.id, runId: run.id, reading });
  const path = notePathOf(performance);
  const runs = performance.store.runs.ofAgent(run.agentId);
  const number = runs.findIndex(({ id }) => id === run.id) + 1;
  const paths = number > 1 ? path.replace(/\.md$/, `-run-${number}.md`) : path;
  for (const { directory } of workspace.repositories) {
    await writeFileStep(performance, directory === '' ? paths : `${directory}/${paths}`, text);
  }
}

/** Writes what the prompt wants to be there; a file that is there already is left as it is. */
export async function writeOutputs(performance: Performance): Promise<void> {
  const { reading, workspace } = performance;
  if (workspace.repositories.length === 0) return;
  for (const path of reading.outputFiles.filter(isFilePath)) {
    if (await isThere(workspace, path)) continue;
    await writeFileStep(performance, path, outputText(path, performance.agent().name, reading));
  }
}

async function isThere(workspace: Performance['workspace'], path: string): Promise<boolean> {
  // Whatever keeps it from being read, the tool call that writes it is where it shows.
  return (await guarded(async () => ({ text: await workspace.read(path) }))).ok;
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
  const { reading, narrator, run } = performance;
  const facts = reading.wantsAnswerOnly ? [] : await factsOf(performance);
  const isPlan = run.mode === 'plan';
  await narrator.say(conclusion({ title: performance.agent().name, isPlan, facts, reading }));
}

async function factsOf(performance: Performance): Promise<readonly string[]> {
  const { workspace, store, run, reading } = performance;
  const facts: string[] = [handOffFact(reading.handOffs)];
  for (const branch of performance.agent().branches) {
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
