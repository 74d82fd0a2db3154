import { createHash } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import { conclusion, handOffFact } from '../agent/conclusion.ts';
import { noteText } from '../agent/note.ts';
import { isFilePath, outputText } from '../agent/output-files.ts';
import { slugOf } from '../ids.ts';
import { readFile, touchFile, writeMissing } from './files.ts';
import type { Work } from './parts.ts';
import { callTool, type ModelStage, say } from './stage.ts';

const mostRead = 20;

/** What a careful agent does first: list the files, read the readme and what it was told to read, ask git. */
export function* explore(stage: ModelStage): Work {
  const listed = yield* callTool(
    stage,
    { kind: 'glob', pattern: '**/*' },
    { tool: 'glob', key: '**/*' },
  );
  const files = listed === undefined || listed.isError ? [] : filesIn(listed.result, stage.folder);
  const readme = files.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? files[0];
  if (readme !== undefined) yield* readFile(stage, readme);
  for (const path of stage.reading.inputFiles.filter(isFilePath).slice(0, mostRead)) {
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
export function* merge(stage: ModelStage, branch: string): Work {
  if (!/^[\w][\w./-]*$/.test(branch)) {
    return yield* say(stage, `I skip the branch ${branch}: git does not accept this name.\n\n`);
  }
  const command = `git merge --no-edit ${branch} || git merge --abort`;
  yield* callTool(stage, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Writes what the prompt wants to be there; a file that is there already is left as it is. */
export function* writeOutputs(stage: ModelStage): Work {
  const { reading, title } = stage;
  for (const path of reading.outputFiles.filter(isFilePath)) {
    yield* writeMissing(stage, path, outputText(path, title, reading));
  }
}

/** Writes the note that shows which hand-offs reached this agent; every turn of a conversation has its own. */
export function* writeNote(stage: ModelStage): Work {
  const { title, reading, sessionKey, turnNumber } = stage;
  const suffix = createHash('sha256').update(sessionKey).digest('hex').slice(0, 4);
  const turn = turnNumber > 1 ? `-run-${turnNumber}` : '';
  const path = `notes/${slugOf(title)}-${suffix}${turn}.md`;
  const runId = `turn ${turnNumber}`;
  const text = noteText({ title, agentId: sessionKey, runId, reading });
  yield* touchFile(stage, { kind: 'write', path, text });
}

/** The last message: what was done, and then exactly the sections that the prompt asked for. */
export function* conclude(stage: ModelStage): Work {
  const { title, mode, reading, written } = stage;
  const facts = [handOffFact(reading.handOffs)];
  if (written.size > 0) {
    facts.push(`I wrote ${[...written].map((path) => `\`${path}\``).join(', ')}.`);
  }
  yield* say(stage, conclusion({ title, isPlan: mode === 'plan', facts, reading }));
}
