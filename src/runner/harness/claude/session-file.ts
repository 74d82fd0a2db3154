import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../lib/durable-file.ts';
import { fieldsOf } from './call-items.ts';
import { type ClaudeMessage, parseMessage } from './message.ts';

/**
 * The program's own record of a session: one JSON object a line, written as it happens. It lies in a folder named after
 * the working folder, in a way of the program's own, so it is looked for in all of them.
 */
export async function findSession(config: string, sessionId: string): Promise<string | null> {
  const projects = join(config, 'projects');
  for (const project of await namesIn(projects)) {
    const file = join(projects, project, `${sessionId}.jsonl`);
    if ((await textIn(file)) !== '') return file;
  }
  return null;
}

/** A message of a session. `detail`: what the program says about the result of a call beside what it told the model. */
export type SessionLine = { readonly message: ClaudeMessage; readonly detail: unknown };

/** The messages of a session, oldest first; a line that was torn by a crash is left out. */
export async function readSession(file: string): Promise<readonly SessionLine[]> {
  const lines = (await textIn(file)).split('\n');
  return lines.flatMap((line) => {
    const value = parsed(line);
    const message = parseMessage(value);
    return message === null ? [] : [{ message, detail: fieldsOf(value).toolUseResult }];
  });
}

/** Whether the session can be taken up: something was said in it. */
export const isBegun = (lines: readonly SessionLine[]): boolean =>
  lines.some(({ message: { type } }) => type === 'user' || type === 'assistant');

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function textIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return '';
    throw error;
  }
}
