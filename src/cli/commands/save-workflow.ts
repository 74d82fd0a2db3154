import path from 'node:path';
import type { EnhancedWorkflow } from '../../contract/enhance.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connectToAct } from '../daemon/connection.ts';
import { refusal } from '../refusal.ts';
import { differenceLines } from '../render/differences.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';
import { confirm } from './confirm.ts';

type Options = { readonly output?: string; readonly yes?: boolean };

export const addSaveWorkflow: AddCommand = (program, context) => {
  program
    .command('save-workflow')
    .description('save a workflow as Loop & Enhance edited it, into its file or a new one')
    .argument('<session>', SESSION_ARGUMENT)
    .option('-o, --output <file.cerevisor>', 'a new file; default: the file of the session')
    .option('-y, --yes', 'change the file without asking')
    .addHelpText(
      'after',
      examples(
        'cerevisor save-workflow 3f9a1c2e',
        'cerevisor save-workflow 3f9a1c2e -o better.cerevisor',
      ),
    )
    .action((session: string, options: Options) => save(context, session, options));
};

async function save(context: Context, session: string, { output: file, yes }: Options) {
  const { output } = context;
  const client = await connectToAct(context);
  const { id } = await client.session(session);
  const wanted = file === undefined ? undefined : path.resolve(file);
  const edited = await client.enhancedWorkflow(id, wanted);
  if (edited.path === null)
    throw refusal(
      'file_unknown',
      'The session did not come from a file.',
      `Name one: cerevisor save-workflow ${shortId(id)} -o FILE.cerevisor`,
    );
  if (edited.hash !== null && edited.changes.length === 0) {
    output.say(`${edited.path} already contains these edits.`);
    output.document({ sessionId: id, file: edited.path, isSaved: false });
    return;
  }
  if (edited.hash !== null) await consent(context, edited, edited.path, yes === true);
  await client.saveFile({ path: edited.path, text: edited.text, expectedHash: edited.hash });
  output.say(`Saved to ${edited.path}`);
  output.document({ sessionId: id, file: edited.path, isSaved: true });
}

/** A file that is there is shown what it becomes. */
async function consent(
  { output, ...context }: Context,
  { changes }: EnhancedWorkflow,
  file: string,
  isGiven: boolean,
): Promise<void> {
  output.say(...differenceLines(changes, '  '));
  await confirm({ ...context, output }, `Change ${file} like this?`, isGiven);
}
