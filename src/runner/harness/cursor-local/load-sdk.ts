import http from 'node:http';
import { proxyEnvironment } from '../../../lib/proxies.ts';
import { HarnessError } from '../harness-error.ts';
import { shorten } from '../shorten.ts';
import { guardEnvironment } from './environment.ts';
import { failureFor } from './failures.ts';

export type Sdk = typeof import('@cursor/sdk');
type Sqlite = typeof import('@cursor/sdk/sqlite');
export type LoadedSdk = Sdk & Pick<Sqlite, 'SqliteLocalAgentStore'>;

/**
 * Loads the SDK, which reads its address as it is loaded and looks for its helper programs from that point on. Throws
 * `HarnessError` where it is not installed.
 */
export async function loadSdk(
  backendUrl: string | undefined,
  policyFolder: string,
): Promise<LoadedSdk> {
  guardEnvironment({ CURSOR_BACKEND_URL: backendUrl, CURSOR_SANDBOX_POLICY_DIR: policyFolder });
  try {
    const [sdk, { SqliteLocalAgentStore }] = await Promise.all([
      import('@cursor/sdk'),
      import('@cursor/sdk/sqlite'),
    ]);
    if (usesProxy(backendUrl)) sdk.Cursor.configure({ local: { useHttp1ForAgent: true } });
    return { ...sdk, SqliteLocalAgentStore };
  } catch (error) {
    const detail = shorten(error instanceof Error ? error.message : String(error));
    throw new HarnessError(
      failureFor('sdk_missing', `Cursor's SDK cannot be loaded on this machine: ${detail}`),
    );
  }
}

/**
 * Sends the SDK's requests through the proxy that the environment names, if it names one. HTTP/2 would go past it, so
 * whoever uses one speaks HTTP/1.1. In here, so that Node programs of the agent keep the settings that the person has.
 */
function usesProxy(backendUrl: string | undefined): boolean {
  const variables = proxyEnvironment(process.env, backendUrl);
  if (variables.NODE_USE_ENV_PROXY === undefined) return false;
  http.setGlobalProxyFromEnv(variables);
  return true;
}
