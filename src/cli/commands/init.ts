import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, systemErrorReason } from '../../lib/system-error.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { firstWorkflow } from '../first-workflow.ts';
import { repositoryOfFolder, topOfRepository } from '../folder-repository.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { parseRepository, type RepositoryTarget } from './repository.ts';

type Options = {
  readonly repo?: RepositoryTarget;
  readonly name?: string;
  readonly force?: boolean;
};

export const addInit: AddCommand = (program, context) => {
  program
    .command('init')
    .description('create a first workflow for the repository in this folder')
    .argument('[file]', 'output file; default: the name of the repository')
    .option(
      '-r, --repo <url>',
      "use this repository instead of this folder's remote; URL#REF sets the starting ref",
      (text: string) => parseRepository(text),
    )
    .option('--name <name>', 'name of the workflow; default: the name of the repository')
    .option('--force', 'overwrite an existing file')
    .addHelpText(
      'after',
      examples(
        'cerevisor init',
        'cerevisor init checkout.cerevisor --name "Checkout work"',
        'cerevisor init --repo https://github.com/acme/shop#main',
      ),
    )
    .action((file: string | undefined, options: Options) => init(context, file, options));
};

async function init(context: Context, file: string | undefined, options: Options): Promise<void> {
  const { repository, name } =
    options.repo === undefined
      ? await currentRepository()
      : { repository: options.repo, name: nameIn(options.repo.url) };
  const target = path.resolve(file ?? `${name}.cerevisor`);
  if (path.extname(target) !== '.cerevisor') {
    throw badUsage(
      `${file} does not end in .cerevisor.`,
      'The app only lists files with that ending.',
    );
  }
  const document = firstWorkflow(options.name ?? name, repository);
  await write(target, `${JSON.stringify(document, null, 2)}\n`, options.force === true);
  const relativePath = path.relative(process.cwd(), target);
  context.output.print(
    line(
      toned('good', 'written'),
      `  ${relativePath}, for ${repository?.url ?? 'this repository'}`,
    ),
    ...(repository === null ? [NO_REMOTE_NOTICE] : []),
    line(
      quiet(
        `Edit it in an editor or in the app, then run: ${context.output.command} run ${quoted(relativePath)}`,
      ),
    ),
  );
  const { id } = document;
  context.output.document({ file: target, workflow: { id, name: document.name }, repository });
}

const NO_REMOTE_NOTICE =
  'It runs on this machine. To run it in the cloud, add a git remote that Cursor can reach.';

/** Local agents need no remote. In the cloud, the remote at the start of the session is used. */
async function currentRepository(): Promise<{ repository: RepositoryTarget | null; name: string }> {
  const remote = await repositoryOfFolder(process.cwd());
  if (remote !== null) return { repository: { url: remote.url }, name: nameIn(remote.url) };
  const top = await topOfRepository(process.cwd());
  if (top !== null) return { repository: null, name: nameIn(top) };
  throw commandError(
    'repository_missing',
    'This folder is not in a git repository.',
    'Run this command in a clone, or create a repository with `git init` and commit your files. --repo https://github.com/OWNER/NAME names a repository for the cloud.',
  );
}

/** The last part of an address or path, as a file name that is valid on every system. */
function nameIn(address: string): string {
  const last =
    address
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .split(/[/:\\]/)
      .at(-1) ?? '';
  const clean = last.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '');
  return clean === '' ? 'workflow' : clean;
}

async function write(file: string, text: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      throw commandError(
        'file_exists',
        `${file} already exists.`,
        'Name another file, or add --force to overwrite it.',
      );
    }
    throw commandError(
      'file_unwritable',
      `${file} cannot be written: ${systemErrorReason(error)}.`,
      'Check that the folder exists and is writable.',
    );
  }
}

const quoted = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `"${file}"`);
