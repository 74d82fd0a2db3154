import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeText } from '../../lib/decode-text.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';

/** The saved text, and its file, which exists until `forget` is called. */
export type EditedText = {
  readonly text: string;
  readonly path: string;
  readonly forget: () => Promise<void>;
};

/**
 * Opens a text in the user's editor ($VISUAL, else $EDITOR) and waits until the editor is closed.
 * @throws ApiError `editor_failed` if the editor cannot be started or reports a failure
 */
export async function editText(context: Context, name: string, text: string): Promise<EditedText> {
  const editor = editorOf(context);
  const path = join(await mkdtemp(join(tmpdir(), 'cerevisor-')), name);
  // The folder and the file are private to the user.
  await writeFile(path, text, { mode: 0o600 });
  const forget = () => rm(dirname(path), { recursive: true, force: true });
  try {
    await runEditor(context, editor, path);
  } catch (error) {
    await forget();
    throw error;
  }
  const saved = decodeText(await readFile(path));
  if (saved !== null) return { text: saved, path, forget };
  throw badUsage(`${path} is not UTF-8 or UTF-16 text.`, 'Save it as UTF-8 and use --plan FILE.');
}

function editorOf({ environment, input }: Context): string {
  const configured = [environment.VISUAL, environment.EDITOR].find((word) => word?.trim());
  if (configured !== undefined) return configured;
  if (input.isTTY === true) return process.platform === 'win32' ? 'notepad' : 'vi';
  throw badUsage('No editor is set.', 'Set EDITOR, or name a file with --plan FILE.');
}

/** Uses the shell, as git does, because the setting may contain options, such as `code --wait`. */
async function runEditor(context: Context, editor: string, path: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  const [command, words] = isWindows
    ? [`${editor} "${path}"`, []]
    : ['/bin/sh', ['-c', `${editor} "$1"`, editor, path]];
  // With --json, standard output must contain only JSON.
  const screen = context.output.isJson ? 2 : 'inherit';
  const child = spawn(command, words, { stdio: ['inherit', screen, 'inherit'], shell: isWindows });
  // Ctrl-C is handled by the editor and must not end this process.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const [code] = await once(child, 'exit');
    if (code === 0) return;
    throw commandError(
      'editor_failed',
      `The editor "${editor}" ended with ${code === null ? 'a signal' : `exit code ${code}`}.`,
      'Nothing was sent. Set VISUAL or EDITOR to an editor that waits until the file is closed.',
    );
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw commandError(
      'editor_failed',
      `The editor "${editor}" could not be started: ${error.message}`,
    );
  } finally {
    process.off('SIGINT', ignore);
  }
}
