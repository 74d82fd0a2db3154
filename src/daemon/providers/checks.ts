import type { ProviderCheckView } from '../../contract/providers.ts';
import { catalog } from '../../harnesses/catalog.ts';
import { plural } from '../../lib/format.ts';
import type { ProviderEntry } from '../../providers/entry.ts';
import { listModels, type ProviderModel } from '../../providers/models.ts';
import { harnessOf, programOf } from '../../providers/programs.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import { cursorSdkVersion } from '../cursor-sdk.ts';
import type { Providers } from './open.ts';

export type CheckParts = {
  readonly providers: Providers;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Checks whether this machine has what an entry needs, or an alternative. */
export async function detect(
  { providers: { harnesses } }: CheckParts,
  entry: ProviderEntry,
): Promise<ProviderCheckView> {
  if (entry.type === 'cursor-agent') return detectCursor();
  const name = harnessOf(entry);
  if (name === null) return passed('Cerevisor itself runs its agents. Nothing is missing.');
  const { title } = catalog[name];
  const program = await programOf(harnesses, entry);
  if (program.ok) {
    const { path = '', version = '' } = program.value ?? {};
    return passed(`${title} ${version}: ${path}`);
  }
  const own = await harnesses.own(name);
  const failed = failedCheck(program.error);
  if (own === null || entry.program?.kind === 'own') return failed;
  const assessment = own.isRecentEnough
    ? 'which can be used instead'
    : `which is too old; it must be ${catalog[name].oldestVersion} or newer`;
  return {
    ...failed,
    detail: `${failed.detail} You have ${title} ${own.version} at ${own.path}, ${assessment}.`,
  };
}

function detectCursor(): ProviderCheckView {
  const version = cursorSdkVersion();
  if (version !== null) return passed(`@cursor/sdk ${version}`);
  return failedCheck({
    code: 'sdk_missing',
    message: 'The Cursor SDK is not installed.',
    suggestion: 'Install Cerevisor again with its dependencies.',
  });
}

/** Asks the provider whether it accepts a key: this one, or the one in use. */
export async function validate(
  parts: CheckParts,
  entry: ProviderEntry,
  key: string | undefined,
): Promise<ProviderCheckView> {
  if (entry.login?.kind === 'own')
    return passed(
      'Agents use the login in your folder. Run the smoke test to see whether it works.',
    );
  const models = await modelsOf(parts, entry, key);
  if (models.ok) {
    const missing = missingModel(entry, models.value);
    if (missing !== null) return failedCheck(missing);
    return passed(
      `${entry.name} accepts the key and offers ${plural(models.value.length, 'model')}.`,
    );
  }
  // A provider without a list of models may still work, which only running an agent can show.
  return models.error.code === 'feature_unavailable'
    ? passed(`${models.error.message} Run the smoke test to see whether it works.`)
    : failedCheck(models.error);
}

/** The models that an entry offers. */
export async function modelsOf(
  { providers, environment }: CheckParts,
  entry: ProviderEntry,
  key?: string,
): Promise<Result<readonly ProviderModel[]>> {
  const address = await providers.connections.endpointOf(entry, key);
  return address.ok ? listModels(entry, address.value, environment) : address;
}

function missingModel({ name, defaultModel }: ProviderEntry, models: readonly ProviderModel[]) {
  if (defaultModel === undefined || models.length === 0) return null;
  if (models.some(({ id }) => id === defaultModel)) return null;
  const ids = models.slice(0, 8).map(({ id }) => id);
  return {
    code: 'invalid_model',
    message: `${name} does not offer its default model "${defaultModel}".`,
    suggestion: `It offers ${ids.join(', ')}${models.length > ids.length ? ', and more' : ''}.`,
  } as const;
}

const passed = (detail: string): ProviderCheckView => ({ isOk: true, detail, error: null });

export function failedCheck(error: {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}): ProviderCheckView {
  const { code, message, suggestion } = error;
  return {
    isOk: false,
    detail: message,
    error: { code, message, ...(suggestion === undefined ? {} : { suggestion }) },
  };
}
