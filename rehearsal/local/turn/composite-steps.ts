import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { finalMessage, handOffSentence } from '../../agent/final-message.ts';
import { noteText } from '../../agent/note.ts';
import { isFilePath, outputFileContent } from '../../agent/output-files.ts';
import { slugOf } from '../../ids.ts';
import { changeStep, readStep } from '../tools/files.ts';
import { globStep } from '../tools/search.ts';
import { shellStep } from '../tools/shell.ts';
import type { TurnContext } from './turn-context.ts';

const maxFilesRead = 20;

/** What a careful agent does first: list the files, read the readme and what it was told to read, ask git. */
export async function explore(stage: TurnContext): Promise<void> {
  const files = await globStep(stage, '**/*');
  const inside = files.map((file) => inFolder(stage, file));
  const readme = inside.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? inside[0];
  if (readme !== undefined) await readStep(stage, readme);
  for (const path of stage.parsedPrompt.inputFiles.filter(isFilePath).slice(0, maxFilesRead)) {
    if (path !== readme) await readStep(stage, path);
  }
  const command = stage.context.gitRepos.length > 0 ? 'git log --oneline --max-count=5' : 'ls';
  await shellStep(stage, command);
}

const inFolder = ({ folder }: TurnContext, file: string): string =>
  file.startsWith(folder) ? relative(folder, file).split(sep).join('/') : file.replace(/^\.\//, '');

/** Merges a branch of another agent; a conflict is left to people, and the transcript shows why. */
export async function mergeBranch(stage: TurnContext, branch: string): Promise<void> {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return stage.writer.writeText(
      `I skip the branch ${branch}: git does not accept this name.\n\n`,
    );
  }
  await shellStep(stage, `git merge --no-edit ${branch} || git merge --abort`);
}

/** Writes the requested output files that do not exist yet. */
export async function writeOutputs(stage: TurnContext): Promise<void> {
  const { parsedPrompt, title } = stage;
  for (const path of parsedPrompt.outputFiles.filter(isFilePath)) {
    await changeStep(
      stage,
      path,
      (before) => before ?? outputFileContent(path, title, parsedPrompt),
      (before) => before !== undefined,
    );
  }
}

/** Writes the note that shows which hand-offs reached this agent; every turn of a conversation has its own. */
export async function writeNote(stage: TurnContext): Promise<void> {
  const { title, parsedPrompt, agentId, runId, turnNumber } = stage;
  const suffix = createHash('sha256').update(agentId).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const text = noteText({ title, agentId, runId, parsedPrompt });
  await changeStep(
    stage,
    path,
    () => text,
    (before) => before !== undefined,
  );
}

/** The final message: what was done, and then exactly the sections that the prompt asks for. */
export async function conclude({
  writer,
  parsedPrompt,
  title,
  mode,
  written,
}: TurnContext): Promise<void> {
  const facts = [handOffSentence(parsedPrompt.handOffs)];
  if (written.size > 0) {
    facts.push(`I wrote ${[...written].map((path) => `\`${path}\``).join(', ')}.`);
  }
  await writer.writeText(finalMessage({ title, isPlan: mode === 'plan', facts, parsedPrompt }));
}
