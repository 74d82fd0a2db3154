import { createRedactor, type Redactor } from '../lib/redact.ts';
import { McpValues } from '../mcp/values.ts';
import { ProviderKeys } from '../providers/keys.ts';
import { Credentials } from '../settings/credentials.ts';
import { createDaemonToken } from '../settings/daemon-file.ts';
import { CURSOR_ACCOUNT, type Keychain, systemKeychain } from '../settings/keychain.ts';
import { Variables } from '../settings/variables.ts';

export type Secrets = {
  /** What clients prove with that they are this person's. */
  readonly daemonToken: string;
  readonly credentials: Credentials;
  readonly providerKeys: ProviderKeys;
  readonly variables: Variables;
  readonly mcpValues: McpValues;
  /** Takes all of these out of texts. */
  readonly redact: Redactor;
};

type Sources = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The secret of this name in the keychain; the system's when left out. */
  readonly keychain: ((account: string) => Keychain) | undefined;
};

/** Everything secret that the daemon handles, each from where it is kept. */
export function openSecrets({ home, environment, ...sources }: Sources): Secrets {
  const keychain =
    sources.keychain ?? ((account: string) => systemKeychain({ environment, account }));
  const credentials = new Credentials({ home, environment, keychain: keychain(CURSOR_ACCOUNT) });
  const providerKeys = new ProviderKeys({ home, environment, keychain, cursor: credentials });
  const daemonToken = createDaemonToken(home);
  const variables = new Variables(home, environment);
  const mcpValues = new McpValues({ home, environment, keychain, variables });
  const redact = createRedactor(() => [
    daemonToken,
    ...credentials.knownSecrets(),
    ...providerKeys.knownSecrets(),
    ...mcpValues.knownSecrets(),
    ...variables.knownSecrets(),
  ]);
  return { daemonToken, credentials, providerKeys, variables, mcpValues, redact };
}
