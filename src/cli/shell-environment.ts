import type { Client } from '../contract/client.ts';
import { ApiError } from '../contract/errors.ts';
import type { EnvironmentBody } from '../contract/requests.ts';
import type { EnvironmentComparison } from '../contract/responses.ts';
import { listOf } from '../lib/format.ts';
import { commandError } from './command-error.ts';
import type { Context } from './context.ts';
import { locateDaemon } from './daemon/locate.ts';

/** The settings of this shell, with the key hashed with the daemon's token, which both sides know. */
function requestedEnvironment(
  { environment }: Pick<Context, 'environment'>,
  token: string,
): EnvironmentBody {
  const key = environment.CURSOR_API_KEY?.trim() ?? '';
  const backendUrl = environment.CURSOR_BACKEND_URL?.trim() ?? '';
  return {
    ...(key === '' ? {} : { keyHash: hashKey(key, token) }),
    ...(backendUrl === '' ? {} : { backendUrl }),
  };
}

/** The crypto module is loaded only if needed, because it takes a quarter of the time of a short command. */
const hashKey = (key: string, token: string): string =>
  process.getBuiltinModule('node:crypto').createHmac('sha256', token).update(key).digest('hex');

/**
 * Compares the environment of this shell with that of the running daemon; null if this shell sets nothing, or the
 * daemon is too old.
 */
export async function compareWithDaemon(
  context: Pick<Context, 'environment' | 'home'>,
  client: Client,
): Promise<EnvironmentComparison | null> {
  const address = await locateDaemon(context.home);
  if (address === null) return null;
  const requested = requestedEnvironment(context, address.token);
  try {
    return await client.compareEnvironment(requested);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'not_found') return null;
    throw error;
  }
}

/** An error that names the settings of this shell that the running daemon does not use; null if there are none. */
async function ignoredSettings(
  context: Pick<Context, 'environment' | 'home'>,
  client: Client,
): Promise<ApiError | null> {
  const comparison = await compareWithDaemon(context, client);
  if (comparison === null || comparison.differs.length === 0) return null;
  const names = listOf(comparison.differs);
  const isOne = comparison.differs.length === 1;
  return commandError(
    'environment_differs',
    `${names} ${isOne ? 'is' : 'are'} set in this shell, but the running Cerevisor ${describeUse(comparison)}.`,
    `To use ${isOne ? 'it' : 'them'}, restart Cerevisor from this shell: \`cerevisor stop\`, then \`cerevisor start\`; agents continue. To keep using Cerevisor as it is, unset ${names}.`,
  );
}

const keySourceLabels: Readonly<Record<EnvironmentComparison['keySource'], string>> = {
  environment: 'another key, from the environment in which it was started',
  keychain: 'another key, from the keychain',
  file: 'another key, from a file in its home folder',
  rehearsal: 'no key',
  none: 'no key',
};

function describeUse({ differs, keySource, backend }: EnvironmentComparison): string {
  const location =
    backend.kind === 'rehearsal' ? `the rehearsal cloud (${backend.url})` : backend.url;
  if (backend.kind === 'rehearsal') return `is on ${location}`;
  return differs.includes('CURSOR_BACKEND_URL')
    ? `uses ${location}`
    : `uses ${keySourceLabels[keySource]}`;
}

/**
 * For commands that use the account: the settings of this shell must not be ignored silently.
 * @throws ApiError `environment_differs`
 */
export async function refuseIgnoredSettings(context: Context, client: Client): Promise<void> {
  const ignored = await ignoredSettings(context, client);
  if (ignored !== null) throw ignored;
}

/** The same as a warning, for commands that only read. */
export async function warnAboutIgnoredSettings(context: Context, client: Client): Promise<void> {
  const ignored = await ignoredSettings(context, client);
  if (ignored === null) return;
  context.output.remark(
    ignored.message,
    ...(ignored.suggestion === undefined ? [] : [ignored.suggestion]),
  );
}
