import { Option } from 'commander';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import { exitCodeOfError, exitCodes } from '../../contract/exit-codes.ts';
import type { CredentialView } from '../../contract/views.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { badUsage } from '../refusal.ts';
import { remarkIgnoredSettings } from '../shell-environment.ts';
import { askHidden, canAsk } from '../terminal/ask.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { confirm } from './confirm.ts';
import { textFromInput } from './text-argument.ts';

type SetOptions = { readonly store: 'keychain' | 'file'; readonly yes?: boolean };

const FILE_CONSENT =
  "Keep Cursor's API key in a file that only you can read? Every program that runs as this user can read it too.";

export const addAuth: AddCommand = (program, context) => {
  const auth = program.command('auth').description("set, show or remove Cursor's API key");
  auth
    .command('set')
    .description(
      'store the key; it is read from standard input or a hidden prompt, never from the command line',
    )
    .addOption(
      new Option(
        '--store <place>',
        'where to store it: the system keychain, or a file with your consent',
      )
        .choices(['keychain', 'file'])
        .default('keychain'),
    )
    .option('-y, --yes', 'consent to storing the key in a file if there is no keychain')
    .addHelpText('after', examples('cerevisor auth set', 'pass show cursor | cerevisor auth set'))
    .action((options: SetOptions) => set(context, options));
  auth
    .command('status')
    .description('show where the key comes from and who owns it, but not the key itself')
    .addHelpText('after', examples('cerevisor auth status'))
    .action(async () => {
      const client = await connect(context);
      await remarkIgnoredSettings(context, client);
      show(context, await client.credentials());
    });
  auth
    .command('clear')
    .description('remove the key from the keychain and from its file')
    .addHelpText('after', examples('cerevisor auth clear'))
    .action(async () => show(context, await (await connect(context)).clearCredentials()));
};

async function set(context: Context, options: SetOptions): Promise<void> {
  const key = await readKey(context, options.store);
  if (key === '') {
    throw badUsage(
      'No key was entered.',
      'Create one at https://cursor.com/dashboard and paste it at the prompt.',
    );
  }
  const client = await connect(context);
  show(context, await save(context, client, key, options));
}

async function readKey(context: Context, store: SetOptions['store']): Promise<string> {
  const { input, errorStream, output } = context;
  if (input.isTTY !== true) return (await textFromInput(context)).trim();
  const who = { input, screen: errorStream };
  if (!canAsk(who))
    throw badUsage(
      'There is no terminal to ask for the key.',
      'Pipe it in: cerevisor auth set < key.txt',
    );
  const place = store === 'keychain' ? 'the system keychain' : 'a file, if you consent';
  output.remark(`It is stored in ${place}, and is sent only to Cursor.`);
  return askHidden(who, 'Cursor API key (hidden): ');
}

async function save(
  context: Context,
  client: Client,
  key: string,
  options: SetOptions,
): Promise<CredentialView> {
  if (options.store === 'keychain') {
    try {
      return await client.saveCredentials({ key, store: 'keychain' });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'keychain_unavailable') throw error;
      context.output.remark(error.message);
    }
  }
  await confirm(context, FILE_CONSENT, options.yes === true);
  return client.saveCredentials({ key, store: 'file', consent: true });
}

const places: Readonly<Record<CredentialView['source'], string>> = {
  environment: 'from the environment (CURSOR_API_KEY), which takes precedence over a stored key',
  keychain: 'in the system keychain',
  file: 'in a file that only you can read',
  rehearsal: 'generated: the rehearsal cloud accepts any key',
  none: 'not set',
};

function show(context: Context, view: CredentialView): void {
  const { output } = context;
  output.say(line(quiet('Key      '), `${view.masked ?? ''} ${places[view.source]}`.trim()));
  if (view.account !== null) {
    const { keyName, userName, userEmail } = view.account;
    const person = [userName, userEmail].filter((word) => word !== null).join(', ');
    output.say(line(quiet('Account  '), `${keyName}${person === '' ? '' : ` (${person})`}`));
  }
  if (view.error !== null) {
    const { code, message, suggestion = '' } = view.error;
    output.say(
      line(toned('attention', asSentence(message)), quiet(` ${output.advice(suggestion)}`)),
    );
    // A keychain that does not answer is worth a word; a key that Cursor refuses is a failure.
    if (exitCodeOfError(code) === exitCodes.unreachable) context.exitCode = exitCodes.unreachable;
  }
  if (view.source === 'none')
    output.say(line(quiet(output.advice('Set it with: cerevisor auth set'))));
  output.document(view);
}
