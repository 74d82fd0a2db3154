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
 * Loads the SDK, which reads its backend URL and searches its helper programs while it is loaded. Throws `HarnessError`
 * if it is not installed.
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
 * Uses the proxy of the environment, if there is one. HTTP/2 would bypass it, so the SDK then uses HTTP/1.1. Configured
 * in code, so that the agent's Node programs keep the user's settings.
 */
function usesProxy(backendUrl: string | undefined): boolean {
  const variables = proxyEnvironment(process.env, backendUrl);
  if (variables.NODE_USE_ENV_PROXY === undefined) return false;
  http.setGlobalProxyFromEnv(variables);
  return true;
}
