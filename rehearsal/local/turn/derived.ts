import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { conclusion, handOffFact } from '../../agent/conclusion.ts';
import { noteText } from '../../agent/note.ts';
import { isFilePath, outputText } from '../../agent/output-files.ts';
import { slugOf } from '../../ids.ts';
import { changeStep, readStep } from '../tools/files.ts';
import { globStep } from '../tools/search.ts';
import { shellStep } from '../tools/shell.ts';
import type { LocalStage } from './stage.ts';

const mostRead = 20;

/** What a careful agent does first: list the files, read the readme and what it was told to read, ask git. */
export async function exploreLocally(stage: LocalStage): Promise<void> {
  const files = await globStep(stage, '**/*');
  const inside = files.map((file) => inFolder(stage, file));
  const readme = inside.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? inside[0];
  if (readme !== undefined) await readStep(stage, readme);
  for (const path of stage.reading.inputFiles.filter(isFilePath).slice(0, mostRead)) {
    if (path !== readme) await readStep(stage, path);
  }
  const command = stage.context.gitRepos.length > 0 ? 'git log --oneline --max-count=5' : 'ls';
  await shellStep(stage, command);
}

const inFolder = ({ folder }: LocalStage, file: string): string =>
  file.startsWith(folder) ? relative(folder, file).split(sep).join('/') : file.replace(/^\.\//, '');

/** Merges a branch of another agent; a conflict is left to people, and the transcript shows why. */
export async function mergeLocally(stage: LocalStage, branch: string): Promise<void> {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return stage.narrator.say(`I skip the branch ${branch}: git does not accept this name.\n\n`);
  }
  await shellStep(stage, `git merge --no-edit ${branch} || git merge --abort`);
}

/** Writes what the prompt wants to be there; a file that is there already is left as it is. */
export async function writeOutputs(stage: LocalStage): Promise<void> {
  const { reading, title } = stage;
  for (const path of reading.outputFiles.filter(isFilePath)) {
    await changeStep(
      stage,
      path,
      (before) => before ?? outputText(path, title, reading),
      (before) => before !== undefined,
    );
  }
}

/** Writes the note that shows which hand-offs reached this agent; every turn of a conversation has its own. */
export async function writeNote(stage: LocalStage): Promise<void> {
  const { title, reading, agentId, runId, turnNumber } = stage;
  const suffix = createHash('sha256').update(agentId).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const text = noteText({ title, agentId, runId, reading });
  await changeStep(
    stage,
    path,
    () => text,
    (before) => before !== undefined,
  );
}

/** The last message: what was done, and then exactly the sections that the prompt asked for. */
export async function concludeLocally({
  narrator,
  reading,
  title,
  mode,
  written,
}: LocalStage): Promise<void> {
  const facts = [handOffFact(reading.handOffs)];
  if (written.size > 0) {
    facts.push(`I wrote ${[...written].map((path) => `\`${path}\``).join(', ')}.`);
  }
  await narrator.say(conclusion({ title, isPlan: mode === 'plan', facts, reading }));
}
