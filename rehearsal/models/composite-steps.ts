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

/** Lists the files, reads the readme and the input files, and shows the git history. */
export function* explore(context: ModelTurnContext): PartGenerator {
  const listed = yield* callTool(
    context,
    { kind: 'glob', pattern: '**/*' },
    { tool: 'glob', key: '**/*' },
  );
  const files =
    listed === undefined || listed.isError ? [] : filesIn(listed.result, context.folder);
  const readme = files.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? files[0];
  if (readme !== undefined) yield* readFile(context, readme);
  for (const path of context.parsedPrompt.inputFiles.filter(isFilePath).slice(0, maxFilesRead)) {
    if (path !== readme) yield* readFile(context, path);
  }
  const command = 'git log --oneline --max-count=5 || ls';
  yield* callTool(context, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Extracts file paths from the lines of a tool result, which can contain other text. */
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

/** Merges another agent's branch. On a conflict, the merge is aborted, and the transcript shows why. */
export function* merge(context: ModelTurnContext, branch: string): PartGenerator {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return yield* sayText(
      context,
      `I skip the branch ${branch}: git does not accept this name.\n\n`,
    );
  }
  const command = `git merge --no-edit ${branch} || git merge --abort`;
  yield* callTool(context, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Writes the requested output files that do not exist yet. */
export function* writeOutputs(context: ModelTurnContext): PartGenerator {
  const { parsedPrompt, title } = context;
  for (const path of parsedPrompt.outputFiles.filter(isFilePath)) {
    yield* writeMissing(context, path, outputFileContent(path, title, parsedPrompt));
  }
}

/** Writes the note with the hand-offs that reached this agent; each turn of a conversation writes a note of its own. */
export function* writeNote(context: ModelTurnContext): PartGenerator {
  const { title, parsedPrompt, sessionKey, turnNumber } = context;
  const suffix = createHash('sha256').update(sessionKey).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const runId = `turn ${turnNumber}`;
  const text = noteText({ title, agentId: sessionKey, runId, parsedPrompt });
  yield* callFileTool(context, { kind: 'write', path, text });
}

/** The final message: what was done, and then exactly the sections that the prompt asks for. */
export function* conclude(context: ModelTurnContext): PartGenerator {
  const { title, mode, parsedPrompt, written } = context;
  const facts = [handOffSentence(parsedPrompt.handOffs)];
  if (written.size > 0) {
    facts.push(`I wrote ${[...written].map((path) => `\`${path}\``).join(', ')}.`);
  }
  yield* sayText(context, finalMessage({ title, isPlan: mode === 'plan', facts, parsedPrompt }));
}
