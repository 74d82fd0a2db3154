import type { Client } from '../contract/client.ts';
import { ApiError } from '../contract/errors.ts';
import type { EnvironmentBody } from '../contract/requests.ts';
import type { EnvironmentComparison } from '../contract/responses.ts';
import { listOf } from '../lib/format.ts';
import type { Context } from './context.ts';
import { locateDaemon } from './daemon/locate.ts';
import { refusal } from './refusal.ts';

/** What this shell asks for, without the key: hashed with the daemon's token, which both sides have. */
function askedFor({ environment }: Pick<Context, 'environment'>, token: string): EnvironmentBody {
  const key = environment.CURSOR_API_KEY?.trim() ?? '';
  const backendUrl = environment.CURSOR_BACKEND_URL?.trim() ?? '';
  return {
    ...(key === '' ? {} : { keyHash: hashed(key, token) }),
    ...(backendUrl === '' ? {} : { backendUrl }),
  };
}

/** Cryptography is loaded by those who need it: it costs a quarter of a short command. */
const hashed = (key: string, token: string): string =>
  process.getBuiltinModule('node:crypto').createHmac('sha256', token).update(key).digest('hex');

/**
 * Compares the environment of this shell with that of the running daemon; null if this shell sets nothing, or the
 * daemon is too old.
 */
export async function comparison(
  context: Pick<Context, 'environment' | 'home'>,
  client: Client,
): Promise<EnvironmentComparison | null> {
  const address = await locateDaemon(context.home);
  if (address === null) return null;
  const asked = askedFor(context, address.token);
  try {
    return await client.compareEnvironment(asked);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return null;
    throw error;
  }
}

/** What this shell has set and the running Cerevisor does not use, in one sentence; null when nothing is ignored. */
async function ignoredSettings(
  context: Pick<Context, 'environment' | 'home'>,
  client: Client,
): Promise<ApiError | null> {
  const compared = await comparison(context, client);
  if (compared === null || compared.differs.length === 0) return null;
  const names = listOf(compared.differs);
  const isOne = compared.differs.length === 1;
  return refusal(
    'environment_differs',
    `${names} ${isOne ? 'is' : 'are'} set in this shell, but the running Cerevisor ${inUse(compared)}.`,
    `To use ${isOne ? 'it' : 'them'}, restart Cerevisor from this shell: \`cerevisor stop\`, then \`cerevisor start\`; agents continue. To keep using Cerevisor as it is, unset ${names}.`,
  );
}

const sources: Readonly<Record<EnvironmentComparison['keySource'], string>> = {
  environment: 'another key, from the environment in which it was started',
  keychain: 'another key, from the keychain',
  file: 'another key, from a file in its home folder',
  rehearsal: 'no key',
  none: 'no key',
};

function inUse({ differs, keySource, backend }: EnvironmentComparison): string {
  const place = backend.kind === 'rehearsal' ? `the rehearsal cloud (${backend.url})` : backend.url;
  if (backend.kind === 'rehearsal') return `is on ${place}`;
  return differs.includes('CURSOR_BACKEND_URL') ? `uses ${place}` : `uses ${sources[keySource]}`;
}

/**
 * Before something is done with the account: what the shell has set must not be ignored silently.
 * @throws ApiError `environment_differs`
 */
export async function refuseIgnoredSettings(context: Context, client: Client): Promise<void> {
  const ignored = await ignoredSettings(context, client);
  if (ignored !== null) throw ignored;
}

/** The same as a remark, for what only looks. */
export async function remarkIgnoredSettings(context: Context, client: Client): Promise<void> {
  const ignored = await ignoredSettings(context, client);
  if (ignored === null) return;
  context.output.remark(
    ignored.message,
    ...(ignored.suggestion === undefined ? [] : [ignored.suggestion]),
  );
}
