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

/** Lists the files, reads the readme and the input files, and shows the git history. */
export async function explore(context: TurnContext): Promise<void> {
  const files = await globStep(context, '**/*');
  const inside = files.map((file) => inFolder(context, file));
  const readme = inside.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? inside[0];
  if (readme !== undefined) await readStep(context, readme);
  for (const path of context.parsedPrompt.inputFiles.filter(isFilePath).slice(0, maxFilesRead)) {
    if (path !== readme) await readStep(context, path);
  }
  const command =
    context.requestContext.gitRepos.length > 0 ? 'git log --oneline --max-count=5' : 'ls';
  await shellStep(context, command);
}

const inFolder = ({ folder }: TurnContext, file: string): string =>
  file.startsWith(folder) ? relative(folder, file).split(sep).join('/') : file.replace(/^\.\//, '');

/** Merges another agent's branch. On a conflict, the merge is aborted, and the transcript shows why. */
export async function mergeBranch(context: TurnContext, branch: string): Promise<void> {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return context.writer.writeText(
      `I skip the branch ${branch}: git does not accept this name.\n\n`,
    );
  }
  await shellStep(context, `git merge --no-edit ${branch} || git merge --abort`);
}

/** Writes the requested output files that do not exist yet. */
export async function writeOutputs(context: TurnContext): Promise<void> {
  const { parsedPrompt, title } = context;
  for (const path of parsedPrompt.outputFiles.filter(isFilePath)) {
    await changeStep(
      context,
      path,
      (before) => before ?? outputFileContent(path, title, parsedPrompt),
      (before) => before !== undefined,
    );
  }
}

/** Writes the note with the hand-offs that reached this agent; each turn of a conversation writes a note of its own. */
export async function writeNote(context: TurnContext): Promise<void> {
  const { title, parsedPrompt, agentId, runId, turnNumber } = context;
  const suffix = createHash('sha256').update(agentId).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const text = noteText({ title, agentId, runId, parsedPrompt });
  await changeStep(
    context,
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
