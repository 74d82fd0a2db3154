import { Option } from 'commander';
import type { Client } from '../../contract/client.ts';
import type { CredentialView } from '../../contract/daemon-views.ts';
import { ApiError } from '../../contract/errors.ts';
import { exitCodeOfError, exitCodes } from '../../contract/exit-codes.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { warnAboutIgnoredSettings } from '../shell-environment.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import { mcpNameOf, setMcpValue, showMcpValue, showMcpValues } from './auth-mcp.ts';
import { setProviderKey, showKey, showProviderKey } from './auth-provider.ts';
import { type AddCommand, examples } from './command.ts';
import { confirm } from './confirm.ts';
import { type KeyStore, readKey } from './read-key.ts';

type SetOptions = { readonly store: KeyStore; readonly yes?: boolean };

const FILE_CONSENT =
  "Store Cursor's API key in a file that only you can read? Every program that runs as this user can read it too.";

export const addAuth: AddCommand = (program, context) => {
  const auth = program
    .command('auth')
    .description('set, show or remove the API key of Cursor or of another provider');
  auth
    .command('set')
    .description(
      'store the key; it is read from standard input or a hidden prompt, never from the command line',
    )
    .argument('[provider]', PROVIDER_HELP)
    .addOption(
      new Option(
        '--store <place>',
        'where to store it: the system keychain, or a file with your consent',
      )
        .choices(['keychain', 'file'])
        .default('keychain'),
    )
    .option('-y, --yes', 'consent to storing the key in a file if there is no keychain')
    .addHelpText(
      'after',
      examples(
        'cerevisor auth set',
        'pass show cursor | cerevisor auth set',
        'cerevisor auth set anthropic',
      ),
    )
    .action((provider: string | undefined, options: SetOptions) => {
      if (isCursor(provider)) return set(context, options);
      const name = mcpNameOf(provider);
      return name === null
        ? setProviderKey(context, provider, options)
        : setMcpValue(context, name, options);
    });
  auth
    .command('status')
    .description('show where the key comes from and whose it is, but not the key itself')
    .argument('[provider]', PROVIDER_HELP)
    .addHelpText('after', examples('cerevisor auth status', 'cerevisor auth status anthropic'))
    .action(async (provider: string | undefined) => {
      const client = await connect(context);
      if (!isCursor(provider)) {
        const name = mcpNameOf(provider);
        return name === null
          ? showProviderKey(context, client, provider)
          : showMcpValues(context, client, name);
      }
      await warnAboutIgnoredSettings(context, client);
      show(context, await client.credentials());
    });
  auth
    .command('clear')
    .description('remove the key from the keychain and from its file')
    .argument('[provider]', PROVIDER_HELP)
    .addHelpText('after', examples('cerevisor auth clear', 'cerevisor auth clear anthropic'))
    .action(async (provider: string | undefined) => {
      const client = await connect(context);
      if (isCursor(provider)) return show(context, await client.clearCredentials());
      const name = mcpNameOf(provider);
      return name === null
        ? showKey(context, await client.clearProviderKey(provider))
        : showMcpValue(context, await client.clearMcpValue(name));
    });
};

const PROVIDER_HELP =
  'id of a provider (default: cursor-agent), or mcp:NAME for a value of MCP servers';

const isCursor = (provider: string | undefined): provider is undefined | 'cursor-agent' =>
  provider === undefined || provider === 'cursor-agent';

async function set(context: Context, options: SetOptions): Promise<void> {
  const key = await readKey(context, options.store, 'Cursor');
  if (key === '') {
    throw badUsage(
      'No key was entered.',
      'Create one at https://cursor.com/dashboard and paste it at the prompt.',
    );
  }
  const client = await connect(context);
  show(context, await save(context, client, key, options));
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
  await confirm(context, FILE_CONSENT, { isConfirmed: options.yes === true });
  return client.saveCredentials({ key, store: 'file', consent: true });
}

const sourceLabels: Readonly<Record<CredentialView['source'], string>> = {
  environment: 'from the environment (CURSOR_API_KEY), which takes precedence over a stored key',
  keychain: 'in the system keychain',
  file: 'in a file that only you can read',
  rehearsal: 'generated: the rehearsal cloud accepts any key',
  none: 'not set',
};

function show(context: Context, view: CredentialView): void {
  const { output } = context;
  output.print(
    line(quiet('Key      '), `${view.masked ?? ''} ${sourceLabels[view.source]}`.trim()),
  );
  if (view.account !== null) {
    const { keyName, userName, userEmail } = view.account;
    const person = [userName, userEmail].filter((part) => part !== null).join(', ');
    output.print(line(quiet('Account  '), `${keyName}${person === '' ? '' : ` (${person})`}`));
  }
  // The rehearsal cloud needs no key, so a keychain that cannot be used does not matter.
  const isIrrelevant = view.source === 'rehearsal' && view.error?.code === 'credential_notice';
  if (view.error !== null && !isIrrelevant) {
    const { code, message, suggestion = '' } = view.error;
    output.print(
      line(toned('attention', asSentence(message)), quiet(` ${output.advice(suggestion)}`)),
    );
    // A keychain that does not respond is only a notice; a key that Cursor rejects is a failure.
    if (exitCodeOfError(code) === exitCodes.unreachable) context.exitCode = exitCodes.unreachable;
  }
  if (view.source === 'none')
    output.print(line(quiet(output.advice('Set it with: cerevisor auth set'))));
  output.document(view);
}
