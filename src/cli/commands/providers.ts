import { type Command, Option } from 'commander';
import type { ChangeProviderBody, ProviderView } from '../../contract/providers.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { providerDetails, providerTable } from '../render/providers.ts';
import { line, quiet } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { fetchHarness } from './providers-fetch.ts';
import { testProvider } from './providers-test.ts';

const ID = '<provider>';
const ID_HELP = 'id of a provider, as shown in the list';
const types = ['anthropic', 'openai-compatible', 'codex'] as const;

type EditOptions = {
  readonly name?: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly harness?: 'claude-agent-sdk' | 'own-loop';
  readonly program?: string;
  readonly login?: string;
};
type AddOptions = EditOptions & { readonly id?: string; readonly default?: true };

export const addProviders: AddCommand = (program, context) => {
  const providers = program
    .command('providers')
    .description('list, add, change and test the providers that run agents');
  addReadCommands(providers, context);
  addWriteCommands(providers, context);
  providers
    .command('test')
    .description('detect what a provider needs, validate its key, and run a trivial agent')
    .argument(ID, ID_HELP)
    .option('--no-smoke', 'do not run an agent (which costs a few tokens)')
    .addHelpText('after', examples('cerevisor providers test anthropic'))
    .action((id: string, { smoke }: { smoke: boolean }) => testProvider(context, id, smoke));
  providers
    .command('fetch')
    .description('fetch the program that runs the agents of a provider; about 400 MB')
    .argument(
      '<program>',
      'claude, codex, claude-sdk (to use your own claude), or the id of a provider',
    )
    .addHelpText('after', examples('cerevisor providers fetch codex'))
    .action((name: string) => fetchHarness(context, name));
};

function addReadCommands(providers: Command, context: Context): void {
  const { output } = context;
  providers
    .command('list')
    .description('list the providers, without their keys; workflows refer to them by id')
    .addHelpText('after', examples('cerevisor providers list --json'))
    .action(async () => {
      const { items } = await (await connect(context)).providers();
      output.rows(providerTable(items, { ...output.appearance, width: output.width }));
      output.document(items);
    });
  providers
    .command('models')
    .description('list the models that a provider offers')
    .argument(ID, ID_HELP)
    .addHelpText('after', examples('cerevisor providers models anthropic'))
    .action(async (id: string) => {
      const { items, error } = await (await connect(context)).providerModels(id);
      if (error !== null) throw commandError(error.code, error.message, error.suggestion);
      output.print(...items.map((model) => line(model.id, quiet(displayNameSuffix(model)))));
      output.document(items);
    });
}

const displayNameSuffix = ({ id, displayName }: { id: string; displayName: string }): string =>
  id === displayName ? '' : `  ${displayName}`;

function addWriteCommands(providers: Command, context: Context): void {
  withEditOptions(
    providers
      .command('add')
      .description('add a provider to the library; its key is set with `auth set`')
      .argument('<type>', `type of the provider: ${types.join(', ')}`)
      .option('--id <id>', 'id that workflows use; default: derived from the name')
      .option('--default', 'make it the default provider'),
  )
    .addHelpText(
      'after',
      examples(
        'cerevisor providers add anthropic',
        'cerevisor providers add openai-compatible --name Ollama --base-url http://localhost:11434/v1 --model qwen3-coder',
      ),
    )
    .action(async (type: string, options: AddOptions) => {
      const providerType = types.find((candidate) => candidate === type);
      if (providerType === undefined)
        throw badUsage(`There is no provider type "${type}".`, `Types: ${types.join(', ')}.`);
      const { id } = options;
      const body = {
        type: providerType,
        ...changeOf(options),
        ...(id === undefined ? {} : { id }),
        ...(options.default === true ? { isDefault: true } : {}),
      };
      show(context, await (await connect(context)).addProvider(body));
    });
  withEditOptions(
    providers
      .command('set')
      .description('change a provider; an empty value restores the default')
      .argument(ID, ID_HELP),
  )
    .addHelpText('after', examples('cerevisor providers set anthropic --model claude-opus-4-5'))
    .action(async (id: string, options: EditOptions) => {
      const change = changeOf(options);
      if (Object.keys(change).length === 0)
        throw badUsage('You did not say what to change.', 'See: cerevisor providers set --help');
      show(context, await (await connect(context)).changeProvider(id, change));
    });
  providers
    .command('remove')
    .description('remove a provider that nothing uses, and its key')
    .argument(ID, ID_HELP)
    .addHelpText('after', examples('cerevisor providers remove ollama'))
    .action(async (id: string) => {
      await (await connect(context)).removeProvider(id);
      context.output.print(`Removed ${id} and its key.`);
      context.output.document({ removed: id });
    });
  providers
    .command('default')
    .description('make a provider the default for workflows that name none')
    .argument(ID, ID_HELP)
    .addHelpText('after', examples('cerevisor providers default anthropic'))
    .action(async (id: string) =>
      show(context, await (await connect(context)).defaultProvider(id)),
    );
}

const withEditOptions = (command: Command): Command =>
  command
    .option('--name <name>', 'display name')
    .option('--base-url <url>', "address of the API; default: the provider's own")
    .option('--model <model>', 'default model, for agents that name none')
    .addOption(
      new Option(
        '--harness <harness>',
        "for Anthropic: Claude Code, or Cerevisor's own loop",
      ).choices(['claude-agent-sdk', 'own-loop']),
    )
    .option('--program <path>', 'your own claude or codex, instead of the fetched one')
    .option('--login <folder>', 'folder with the login of that program, instead of a key');

function changeOf({
  name,
  baseUrl,
  model,
  harness,
  program,
  login,
}: EditOptions): ChangeProviderBody {
  const orNull = (text: string) => (text === '' ? null : text);
  return {
    ...(name === undefined ? {} : { name }),
    ...(baseUrl === undefined ? {} : { baseUrl: orNull(baseUrl) }),
    ...(model === undefined ? {} : { defaultModel: orNull(model) }),
    ...(harness === undefined ? {} : { harness }),
    ...(program === undefined ? {} : { program: orNull(program) }),
    ...(login === undefined ? {} : { loginFolder: orNull(login) }),
  };
}

function show({ output }: Context, provider: ProviderView): void {
  output.print(...providerDetails(provider).map((parts) => parts));
  if (provider.problem?.suggestion !== undefined)
    output.print(line(quiet(output.advice(provider.problem.suggestion))));
  output.document(provider);
}
