import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import { finalMessage, handOffSentence } from '../agent/final-message.ts';
import { noteText } from '../agent/note.ts';
import { isFilePath, outputFileContent } from '../agent/output-files.ts';
import { slugOf } from '../ids.ts';
import { callFileTool, readFile, writeMissing } from './files.ts';
import type { PartGenerator } from './parts.ts';
import { callTool, type ModelTurnContext, sayText } from './turn-context.ts';

const maxFilesRead = 20;

/** What a careful agent does first: list the files, read the readme and what it was told to read, ask git. */
export function* explore(stage: ModelTurnContext): PartGenerator {
  const listed = yield* callTool(
    stage,
    { kind: 'glob', pattern: '**/*' },
    { tool: 'glob', key: '**/*' },
  );
  const files = listed === undefined || listed.isError ? [] : filesIn(listed.result, stage.folder);
  const readme = files.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? files[0];
  if (readme !== undefined) yield* readFile(stage, readme);
  for (const path of stage.parsedPrompt.inputFiles.filter(isFilePath).slice(0, maxFilesRead)) {
    if (path !== readme) yield* readFile(stage, path);
  }
  const command = 'git log --oneline --max-count=5 || ls';
  yield* callTool(stage, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** The files among the lines of a tool's answer, which also has words around them. */
function filesIn(text: string, folder: string | undefined): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/^\.\//, ''))
    .map((line) =>
      folder !== undefined && isAbsolute(line) ? relative(folder, line).split(sep).join('/') : line,
    )
    .filter((line) => /^[\w@][\w@ ./-]*\.\w+$/.test(line) || /^[\w@][\w@./-]*$/.test(line))
    .filter((line) => !line.startsWith('../') && !line.split('/').includes('.git'));
}

/** Merges a branch of another agent; a conflict is left to people, and the transcript shows why. */
export function* merge(stage: ModelTurnContext, branch: string): PartGenerator {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return yield* sayText(stage, `I skip the branch ${branch}: git does not accept this name.\n\n`);
  }
  const command = `git merge --no-edit ${branch} || git merge --abort`;
  yield* callTool(stage, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Writes the requested output files that do not exist yet. */
export function* writeOutputs(stage: ModelTurnContext): PartGenerator {
  const { parsedPrompt, title } = stage;
  for (const path of parsedPrompt.outputFiles.filter(isFilePath)) {
    yield* writeMissing(stage, path, outputFileContent(path, title, parsedPrompt));
  }
}

/** Writes the note that shows which hand-offs reached this agent; every turn of a conversation has its own. */
export function* writeNote(stage: ModelTurnContext): PartGenerator {
  const { title, parsedPrompt, sessionKey, turnNumber } = stage;
  const suffix = createHash('sha256').update(sessionKey).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const runId = `turn ${turnNumber}`;
  const text = noteText({ title, agentId: sessionKey, runId, parsedPrompt });
  yield* callFileTool(stage, { kind: 'write', path, text });
}

/** The final message: what was done, and then exactly the sections that the prompt asks for. */
export function* conclude(stage: ModelTurnContext): PartGenerator {
  const { title, mode, parsedPrompt, written } = stage;
  const facts = [handOffSentence(parsedPrompt.handOffs)];
  if (written.size > 0) {
    facts.push(`I wrote ${[...written].map((path) => `\`${path}\``).join(', ')}.`);
  }
  yield* sayText(stage, finalMessage({ title, isPlan: mode === 'plan', facts, parsedPrompt }));
}
