import type { Model } from '../port.ts';
import type { Result } from '../provider-error.ts';
import { cached } from './cached.ts';
import { toResult } from './reads.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Clock } from './time.ts';

const CACHE_MS = 10 * 60_000;

/** The models that are available to the account, read at most every ten minutes. */
export function createModels(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  return cached<readonly Model[]>(apiKey, clock, CACHE_MS, async (key) => {
    if (key === null) return toResult({ ok: false, failure: MISSING_KEY });
    const result = await host.call<'models'>(key, { name: 'models' });
    if (!result.ok)
      return toResult({ ok: false, failure: failureFromHost(result.failure, clock()) });
    const models = result.value.map(({ id, displayName, aliases, parameters }) => ({
      id,
      displayName: displayName ?? id,
      aliases: aliases ?? [],
      ...(parameters === undefined
        ? {}
        : {
            parameters: parameters.map((parameter) => ({
              id: parameter.id,
              values: parameter.values.map(({ value }) => value),
            })),
          }),
    }));
    return { ok: true, value: models } satisfies Result<readonly Model[]>;
  });
}

/** Up to five model ids that are similar to a requested one, best first. */
export function similarModels(requested: string, models: readonly Model[]): readonly string[] {
  const requestedParts = parts(requested);
  return models
    .map((model) => ({ id: model.id, score: similarity(requestedParts, model) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score || left.id.localeCompare(right.id))
    .slice(0, 5)
    .map(({ id }) => id);
}

const parts = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

/**
 * How many parts of the requested name (`claude`, `sonnet`, `4`) also occur in the model's id or aliases. Numbers, which
 * many models share, count only between models with equally many common words.
 */
function similarity(requestedParts: readonly string[], model: Model): number {
  const modelParts = new Set([model.id, ...model.aliases].flatMap(parts));
  const shared = requestedParts.filter((part) => modelParts.has(part));
  const words = shared.filter((part) => /[a-z]/.test(part)).length;
  return words === 0 ? 0 : words + (shared.length - words) / 100;
}
