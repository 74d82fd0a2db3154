import { constants, createWriteStream } from 'node:fs';
import { access, link, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ApiResponse } from '../../contract/call.ts';
import { shortId } from '../../lib/format.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { refusal } from '../refusal.ts';
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
  if (!mayReplace && (await exists(target))) throw alreadyThere(target);
  const response = await client.exportSession(id);
  const part = `${target}.${process.pid}.part`;
  try {
    await store(response, part);
    await (mayReplace ? rename(part, target) : placeNew(part, target));
  } catch (error) {
    await unlink(part).catch(ignoreMissing);
    throw error;
  }
  output.say(`Exported to ${target}`);
  output.document({ sessionId: id, file: target });
}

async function store(answer: ApiResponse, part: string): Promise<void> {
  if (answer.body === null) throw refusal('io_error', 'The daemon sent an empty export.');
  await pipeline(answer.body, createWriteStream(part, { flags: 'wx', mode: 0o600 }));
  const file = await open(part, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A link never overwrites, so that a file that appeared meanwhile stays as it is. */
async function placeNew(part: string, target: string): Promise<void> {
  try {
    await link(part, target);
    await unlink(part);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw alreadyThere(target);
    // This file system knows no links; the check before the download has to do.
    await rename(part, target);
  }
}

const alreadyThere = (target: string) =>
  refusal(
    'file_exists',
    `${target} already exists.`,
    'Choose another name, or add --force to overwrite it.',
  );

async function exists(file: string): Promise<boolean> {
  try {
    await access(file, constants.F_OK);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (systemErrorCode(error) !== 'ENOENT') throw error;
}
