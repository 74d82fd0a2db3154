import { constants, createWriteStream } from 'node:fs';
import { access, link, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ApiResponse } from '../../contract/call.ts';
import { shortId } from '../../lib/format.ts';
import { isNotFoundError, systemErrorCode, systemErrorReason } from '../../lib/system-error.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

type Options = { readonly output?: string; readonly force?: boolean };

export const addExport: AddCommand = (program, context) => {
  program
    .command('export')
    .description('export everything about a session to a zip file, without keys')
    .argument('<session>', SESSION_ARGUMENT)
    .option('-o, --output <file.zip>', 'output file; default: cerevisor-SESSION.zip in this folder')
    .option('--force', 'overwrite the file if it exists')
    .addHelpText('after', examples('cerevisor export 3f9a1c2e -o shop-run.zip'))
    .action((session: string, options: Options) => exportSession(context, session, options));
};

async function exportSession(context: Context, session: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  const { id } = await client.session(session);
  const target = path.resolve(options.output ?? `cerevisor-${shortId(id)}.zip`);
  const mayReplace = options.force === true;
  if (!mayReplace && (await exists(target))) throw fileExists(target);
  const response = await client.exportSession(id);
  const temporary = `${target}.${process.pid}.part`;
  try {
    await writeExport(response, temporary);
    await (mayReplace ? rename(temporary, target) : renameIfAbsent(temporary, target));
  } catch (error) {
    await unlink(temporary).catch(ignoreMissing);
    throw asFileError(error, target);
  }
  output.print(`Exported to ${target}`);
  output.document({ sessionId: id, file: target });
}

async function writeExport(response: ApiResponse, temporary: string): Promise<void> {
  if (response.body === null) throw commandError('io_error', 'The daemon sent an empty export.');
  await pipeline(response.body, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }));
  const file = await open(temporary, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Hard links never overwrite, so a file that was created meanwhile is not replaced. */
async function renameIfAbsent(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    await unlink(temporary);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw fileExists(target);
    // The file system has no hard links, so only the check before the download protects existing files.
    await rename(temporary, target);
  }
}

const fileExists = (target: string) =>
  commandError(
    'file_exists',
    `${target} already exists.`,
    'Choose another name, or add --force to overwrite it.',
  );

/** Errors of the download and our own stay as they are. */
const asFileError = (error: unknown, target: string): unknown =>
  error instanceof Error && 'syscall' in error && 'path' in error
    ? commandError(
        'file_unwritable',
        `${target} cannot be written: ${systemErrorReason(error)}.`,
        'Check that the folder exists and is writable, or name another file with --output.',
      )
    : error;

async function exists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch (error) {
    if (isNotFoundError(error)) return false;
    throw asFileError(error, file);
  }
}

function ignoreMissing(error: unknown): void {
  if (!isNotFoundError(error)) throw error;
}
