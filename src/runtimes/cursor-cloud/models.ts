import type { Model } from '../port.ts';
import type { Result } from '../provider-error.ts';
import { cached } from './cached.ts';
import { toAnswer } from './reads.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Clock } from './time.ts';

const FRESH_FOR_MS = 10 * 60_000;

/** The models that this account offers, asked for at most every ten minutes. */
export function createModels(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  return cached<readonly Model[]>(apiKey, clock, FRESH_FOR_MS, async (key) => {
    if (key === null) return toAnswer({ ok: false, failure: MISSING_KEY });
    const answer = await host.call<'models'>(key, { name: 'models' });
    if (!answer.ok)
      return toAnswer({ ok: false, failure: failureFromHost(answer.failure, clock()) });
    const models = answer.value.map(({ id, displayName, aliases, parameters }) => ({
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

/** Up to five model ids that look like what was asked for, best first. */
export function closeNames(wanted: string, models: readonly Model[]): readonly string[] {
  const wantedParts = parts(wanted);
  return models
    .map((model) => ({ id: model.id, score: similarity(wantedParts, model) }))
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
 * How many parts of the wanted name (`claude`, `sonnet`, `4`) also occur in the model's id or aliases. Words
 * decide; numbers, which half of all models share, only order what the words have found.
 */
function similarity(wantedParts: readonly string[], model: Model): number {
  const own = new Set([model.id, ...model.aliases].flatMap(parts));
  const shared = wantedParts.filter((part) => own.has(part));
  const words = shared.filter((part) => /[a-z]/.test(part)).length;
  return words === 0 ? 0 : words + (shared.length - words) / 100;
}
