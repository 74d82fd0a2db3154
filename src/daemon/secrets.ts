import { createRedactor, type Redactor } from '../lib/redact.ts';
import { McpValues } from '../mcp/values.ts';
import { ProviderKeys } from '../providers/keys.ts';
import { Credentials } from '../settings/credentials.ts';
import { createDaemonToken } from '../settings/daemon-file.ts';
import { CURSOR_ACCOUNT, type Keychain, systemKeychain } from '../settings/keychain.ts';
import { Variables } from '../settings/variables.ts';

export type Secrets = {
  /** The token with which clients authenticate. */
  readonly daemonToken: string;
  readonly credentials: Credentials;
  readonly providerKeys: ProviderKeys;
  readonly variables: Variables;
  readonly mcpValues: McpValues;
  /** Removes all of these secrets from texts. */
  readonly redact: Redactor;
};

type Sources = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opens the keychain entry with this name. Default: the keychain of the system. */
  readonly keychain: ((account: string) => Keychain) | undefined;
};

/** Opens all secrets that the daemon handles. */
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
