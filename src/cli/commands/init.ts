import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../context.ts';
import { firstWorkflow } from '../first-workflow.ts';
import { repositoryOfFolder } from '../folder-repository.ts';
import { badUsage, refusal } from '../refusal.ts';
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
    .description('write a first workflow for the repository in this folder')
    .argument('[file]', 'where it is written; default: the name of the repository')
    .option(
      '-r, --repo <url>',
      "instead of this folder's remote; URL#REF starts there",
      (text: string) => parseRepository(text),
    )
    .option('--name <name>', 'name of the workflow; default: that of the repository')
    .option('--force', 'overwrite a file that is already there')
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
  const repository = options.repo ?? (await ofThisFolder());
  const name = nameOf(repository);
  const target = path.resolve(file ?? `${name}.cerevisor`);
  if (path.extname(target) !== '.cerevisor') {
    throw badUsage(`${file} does not end in .cerevisor.`, 'The app lists files by that ending.');
  }
  const document = firstWorkflow(options.name ?? name, repository);
  await write(target, `${JSON.stringify(document, null, 2)}\n`, options.force === true);
  const shown = path.relative(process.cwd(), target);
  context.output.say(
    line(toned('good', 'written'), `  ${shown}, for ${repository.url}`),
    line(
      quiet(
        `Change it in an editor or in the app, then: ${context.output.command} run ${quoted(shown)}`,
      ),
    ),
  );
  const { id } = document;
  context.output.document({ file: target, workflow: { id, name: document.name }, repository });
}

async function ofThisFolder(): Promise<RepositoryTarget> {
  const found = await repositoryOfFolder(process.cwd());
  if (found !== null) return { url: found.url };
  throw refusal(
    'repository_missing',
    'This folder has no git remote that Cursor could reach.',
    'Name a repository with --repo https://github.com/OWNER/NAME, or run this in a clone of one.',
  );
}

/** The last part of the address, as a name for a file on any system. */
function nameOf({ url }: RepositoryTarget): string {
  const last =
    url
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
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') {
      throw refusal(
        'file_exists',
        `${file} is already there.`,
        'Name another file, or add --force to overwrite it.',
      );
    }
    throw refusal(
      'file_unwritable',
      `${file} cannot be written: ${error instanceof Error ? error.message : error}`,
      'Check that the folder exists and may be written to.',
    );
  }
}

const quoted = (file: string): string => (/^[\w./-]+$/.test(file) ? file : `"${file}"`);
