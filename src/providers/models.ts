import { request } from 'undici';
import { z } from 'zod';
import { addressWithVersion } from '../lib/api-address.ts';
import { createHttpDispatcher } from '../lib/http-dispatcher.ts';
import { parseJson } from '../lib/json.ts';
import { type Connection, NO_KEY } from '../runtimes/local/connection.ts';
import type { ProviderError, Result } from '../runtimes/provider-error.ts';
import type { ProviderEntry } from './entry.ts';
import { providerTypeDetails } from './type-details.ts';

export type ProviderModel = { readonly id: string; readonly displayName: string };

const TIMEOUT_MS = 20_000;
const MAX_RESPONSE_BYTES = 5_000_000;

const listSchema = z.object({
  data: z.array(z.looseObject({ id: z.string(), display_name: z.string().optional() })),
});

/**
 * The models that a provider offers for a key. This request is free with every provider and fails with a wrong key, so
 * it also serves to check keys. Errors: `unauthorized`, `forbidden`, `rate_limited`, `unreachable`, `protocol`, and
 * `feature_unavailable` if the server has no such list.
 */
export async function listModels(
  entry: ProviderEntry,
  { apiKey, baseUrl }: Pick<Connection, 'apiKey' | 'baseUrl'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<readonly ProviderModel[]>> {
  const outbound = createHttpDispatcher({ connectTimeoutMs: 10_000 }, environment);
  try {
    const base = (baseUrl ?? providerTypeDetails[entry.type].address ?? '').replace(/\/+$/, '');
    const response = await request(modelsUrl(entry, base), {
      dispatcher: outbound.dispatcher,
      headers: headersFor(entry, apiKey),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await readLimited(response.body);
    const parsed = listSchema.safeParse(parseJson(text));
    const hint = addressHint(entry, base);
    if (response.statusCode === 404 || response.statusCode === 405)
      return failed('feature_unavailable', [withoutList(entry), ...hint].join(' '));
    if (response.statusCode !== 200)
      return failureForStatus(entry, response.statusCode, text, apiKey);
    if (!parsed.success)
      return failed('protocol', `${entry.name} did not send a list of models.`, hint[0]);
    const models = parsed.data.data.map(({ id, display_name }) => ({
      id,
      displayName: display_name ?? id,
    }));
    return { ok: true, value: models };
  } catch (error) {
    const reason = error instanceof Error ? (causeOf(error) ?? error.message) : String(error);
    return failed('unreachable', `${entry.name} does not respond (${reason}).`);
  } finally {
    await outbound.destroy();
  }
}

/** Addresses of Anthropic's API omit the version; the others include it. */
const modelsUrl = ({ type }: ProviderEntry, base: string): string =>
  type === 'anthropic' ? `${base.replace(/\/v1$/, '')}/v1/models?limit=1000` : `${base}/models`;

const withoutList = ({ name }: ProviderEntry): string =>
  `${name} does not offer a list of models at its address.`;

/** Most servers answer below a version, and many people leave it out. */
function addressHint({ type }: ProviderEntry, base: string): readonly string[] {
  const better = type === 'anthropic' ? null : addressWithVersion(base);
  return better === null ? [] : [`Most servers need /v1 at the end of their address: ${better}.`];
}

const headersFor = ({ type }: ProviderEntry, key: string): Record<string, string> =>
  key === NO_KEY
    ? {}
    : type === 'anthropic'
      ? { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
      : { authorization: `Bearer ${key}` };

function failureForStatus(
  { name, id }: ProviderEntry,
  status: number,
  text: string,
  key: string,
): Result<never> {
  const providerMessage = messageFrom(text, key);
  const detail = providerMessage === null ? '' : `: ${providerMessage}`;
  if (status === 401)
    return failed(
      'unauthorized',
      `${name} rejected the key${detail}.`,
      `Set another one under Settings, Providers, or with \`cerevisor auth set ${id}\`.`,
    );
  if (status === 403) return failed('forbidden', `${name} does not allow this request${detail}.`);
  if (status === 429) return failed('rate_limited', `${name} asked to wait${detail}.`);
  return failed('unreachable', `${name} responded with status ${status}${detail}.`);
}

/** The error message that the provider sent, shortened and without the key; null if there is none. */
function messageFrom(text: string, key: string): string | null {
  const parsed = z.object({ error: z.object({ message: z.string() }) }).safeParse(parseJson(text));
  if (!parsed.success) return null;
  return parsed.data.error.message.replaceAll(key, '…').replace(/\.$/, '').slice(0, 300);
}

async function readLimited(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) throw new Error('the response is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const causeOf = (error: Error): string | undefined =>
  error.cause instanceof Error ? error.cause.message : undefined;

const failed = (
  code: ProviderError['code'],
  message: string,
  suggestion?: string,
): Result<never> => ({
  ok: false,
  error: { code, message, ...(suggestion === undefined ? {} : { suggestion }) },
});
