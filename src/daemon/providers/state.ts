import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderState } from '../../engine/context.ts';
import { runtimeOfEntry } from '../../providers/type-details.ts';
import { modelsOf } from './checks.ts';
import type { Providers } from './open.ts';
import { plainError } from './views.ts';

/** The list of models is optional, so that a slow provider must not delay preflight. */
const MODELS_TIMEOUT_MS = 4_000;

/** Whether agents of an entry can run now, as far as free requests can show. */
export async function readProviderState(
  providers: Providers,
  environment: Readonly<Record<string, string | undefined>>,
  id: string,
): Promise<ProviderState> {
  const entry = providers.library.entry(id);
  const connected = await providers.connections.connect(id);
  const needsModel = entry !== undefined && runtimeOfEntry(entry) === 'openai-compatible';
  if (!connected.ok || entry === undefined) {
    const failure = connected.ok ? null : plainError(connected.error);
    return { failure, models: null, needsModel };
  }
  if (entry.login?.kind === 'own') return { failure: null, models: null, needsModel };
  const models = await Promise.race([
    modelsOf({ providers, environment }, entry),
    sleep(MODELS_TIMEOUT_MS, null, { ref: false }),
  ]);
  if (models?.ok === false && models.error.code === 'unauthorized')
    return { failure: plainError(models.error), models: null, needsModel };
  const ids = models?.ok === true ? models.value.map((model) => model.id) : null;
  return { failure: null, models: ids, needsModel };
}
