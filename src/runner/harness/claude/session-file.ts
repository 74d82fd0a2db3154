import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { parseJson } from '../../../lib/json.ts';
import { isNotFoundError, systemErrorCode } from '../../../lib/system-error.ts';
import { type ClaudeMessage, parseMessage } from './message.ts';

/**
 * The program's own record of a session: one JSON object a line, written as it happens. It is in a folder named after
 * the working folder, in a way of the program's own, so it is looked for in all of them.
 */
export async function findSession(config: string, sessionId: string): Promise<string | null> {
  const projects = join(config, 'projects');
  for (const project of await namesIn(projects)) {
    const file = join(projects, project, `${sessionId}.jsonl`);
    if ((await sizeOf(file)) > 0) return file;
  }
  return null;
}

/** A message of a session. `detail`: what the program says about the result of a call next to what it told the model. */
export type SessionLine = { readonly message: ClaudeMessage; readonly detail: unknown };

/** The messages of a session, oldest first; a line that was torn by a crash is left out. */
export async function readSession(file: string): Promise<readonly SessionLine[]> {
  const lines = (await textIn(file)).split('\n');
  return lines.flatMap((line) => readLine(line) ?? []);
}

/** Whether the session can be taken up: something was said in it. Mostly that shows in its first lines. */
export async function isBegun(file: string): Promise<boolean> {
  const lines = (await textIn(file)).split('\n');
  return lines.some((line) => {
    const type = readLine(line)?.message.type;
    return type === 'user' || type === 'assistant';
  });
}

function readLine(line: string): SessionLine | null {
  const value = parseJson(line);
  const message = parseMessage(value);
  return message === null ? null : { message, detail: fieldsOf(value).toolUseResult };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

const textIn = (file: string): Promise<string> => ifThere(readFile(file, 'utf8'), '');

const sizeOf = (file: string): Promise<number> =>
  ifThere(
    stat(file).then(({ size }) => size),
    0,
  );

async function ifThere<Value>(found: Promise<Value>, other: Value): Promise<Value> {
  try {
    return await found;
  } catch (error) {
    if (isNotFoundError(error)) return other;
    throw error;
  }
}
