import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { parseJson } from '../../../lib/json.ts';
import { isNotFoundError, systemErrorCode } from '../../../lib/system-error.ts';
import { type ClaudeMessage, parseMessage } from './message.ts';

/**
 * The program's history of a session: one JSON object per line, written as it happens. It is in a folder whose name is
 * derived from the working folder in an undocumented way, so all folders are searched.
 */
export async function findSession(config: string, sessionId: string): Promise<string | null> {
  const projects = join(config, 'projects');
  for (const project of await namesIn(projects)) {
    const file = join(projects, project, `${sessionId}.jsonl`);
    if ((await sizeOf(file)) > 0) return file;
  }
  return null;
}

/** A message of a session. `detail`: the program's structured data about the result of a call. */
export type SessionLine = { readonly message: ClaudeMessage; readonly detail: unknown };

/** The messages of a session, oldest first. Torn lines are left out. */
export async function readSession(file: string): Promise<readonly SessionLine[]> {
  const lines = (await textIn(file)).split('\n');
  return lines.flatMap((line) => readLine(line) ?? []);
}

/** Whether the session has a message and can be resumed. Usually found in the first lines. */
export async function hasMessages(file: string): Promise<boolean> {
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

const textIn = (file: string): Promise<string> => orIfMissing(readFile(file, 'utf8'), '');

const sizeOf = (file: string): Promise<number> =>
  orIfMissing(
    stat(file).then(({ size }) => size),
    0,
  );

async function orIfMissing<Value>(reading: Promise<Value>, fallback: Value): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    if (isNotFoundError(error)) return fallback;
    throw error;
  }
}
