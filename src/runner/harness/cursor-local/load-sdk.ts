import { hasProxy, isThisMachine } from '../../../lib/outbound.ts';
import { HarnessError } from '../harness-error.ts';
import { guardEnvironment } from './environment.ts';
import { ownFailure, shorten } from './failures.ts';

export type Sdk = typeof import('@cursor/sdk');
type Sqlite = typeof import('@cursor/sdk/sqlite');
export type LoadedSdk = Sdk & Pick<Sqlite, 'SqliteLocalAgentStore'>;

/**
 * Loads the SDK, which reads its address as it is loaded and looks for its helper programs from then on. Throws
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
    // HTTP/2 would go past the proxy that the environment names.
    const isProxied = hasProxy(process.env) && !isThisMachine(backendUrl);
    if (isProxied) sdk.Cursor.configure({ local: { useHttp1ForAgent: true } });
    return { ...sdk, SqliteLocalAgentStore };
  } catch (error) {
    const detail = shorten(error instanceof Error ? error.message : String(error));
    throw new HarnessError(
      ownFailure('sdk_missing', `Cursor's SDK cannot be loaded on this machine: ${detail}`),
    );
  }
}
