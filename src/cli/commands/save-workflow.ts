import path from 'node:path';
import type { EnhancedWorkflow } from '../../contract/enhance.ts';
import { conflictText } from '../../contract/enhance-text.ts';
import { shortId } from '../../lib/format.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { differenceLines } from '../render/differences.ts';
import { canAsk } from '../terminal/ask.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';
import { confirm } from './confirm.ts';

type Options = { readonly output?: string; readonly yes?: boolean; readonly overwrite?: boolean };

export const addSaveWorkflow: AddCommand = (program, context) => {
  program
    .command('save-workflow')
    .description('save a workflow as Loop & Enhance edited it, into its file or a new one')
    .argument('<session>', SESSION_ARGUMENT)
    .option('-o, --output <file.cerevisor>', 'a new file; default: the file of the session')
    .option('-y, --yes', 'change the file without asking, unless your own changes would be lost')
    .option('--overwrite', 'also replace your own changes since the session started')
    .addHelpText(
      'after',
      examples(
        'cerevisor save-workflow 3f9a1c2e',
        'cerevisor save-workflow 3f9a1c2e -o better.cerevisor',
      ),
    )
    .action((session: string, options: Options) => save(context, session, options));
};

async function save(context: Context, session: string, options: Options) {
  const file = options.output;
  const { output } = context;
  const client = await connectForAction(context);
  const { id } = await client.session(session);
  const target = file === undefined ? undefined : path.resolve(file);
  const edited = await client.enhancedWorkflow(id, target);
  if (edited.path === null)
    throw commandError(
      'file_unknown',
      'The session did not come from a file.',
      `Name one: cerevisor save-workflow ${shortId(id)} -o FILE.cerevisor`,
    );
  if (edited.hash !== null && edited.changes.length === 0) {
    output.print(`${edited.path} already contains these edits.`);
    output.document({ sessionId: id, file: edited.path, isSaved: false });
    return;
  }
  if (edited.hash !== null) await confirmOverwrite(context, edited, edited.path, options);
  await client.saveFile({ path: edited.path, text: edited.text, expectedHash: edited.hash });
  output.print(`Saved to ${edited.path}`);
  output.document({ sessionId: id, file: edited.path, isSaved: true });
}

/** Shows the changes of an existing file and asks for confirmation. */
async function confirmOverwrite(
  { output, ...context }: Context,
  { changes, conflicts }: EnhancedWorkflow,
  file: string,
  { yes = false, overwrite = false }: Options,
): Promise<void> {
  output.print(...differenceLines(changes, '  '));
  const prompt = { ...context, output };
  if (conflicts.length === 0) {
    await confirm(prompt, `Change ${file} like this?`, { isConfirmed: yes || overwrite });
    return;
  }
  const lost = `Saving would replace what you changed in ${file} since the session started: ${conflicts.map(conflictText).join('; ')}.`;
  if (overwrite) return;
  const canConfirm = !yes && canAsk({ input: context.input, screen: context.errorStream });
  if (!canConfirm)
    throw commandError(
      'edit_conflict',
      lost,
      'Save to a new file with -o and merge them there, or add --overwrite to replace your changes.',
    );
  output.print(lost);
  await confirm(prompt, `Change ${file} like this, and replace your changes?`, {
    isConfirmed: false,
  });
}
