import { Credentials } from '../settings/credentials.ts';
import type { Keychain } from '../settings/keychain.ts';
import { VARIABLE_PREFIX, type Variables } from '../settings/variables.ts';

export type McpValuesOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keychain: (account: string) => Keychain;
  readonly variables: Pick<Variables, 'read'>;
};

/**
 * The user's secret values for MCP servers, by the names that workflows use: from the environment, the keychain, a file
 * that the user consented to, or `variables.json`.
 */
export class McpValues {
  readonly #options: McpValuesOptions;
  readonly #credentials = new Map<string, Credentials>();

  constructor(options: McpValuesOptions) {
    this.#options = options;
  }

  credentialsFor(name: string): Credentials {
    const cached = this.#credentials.get(name);
    if (cached !== undefined) return cached;
    const { home, environment, keychain } = this.#options;
    const credentials = new Credentials({
      home,
      environment,
      keychain: keychain(`mcp-value/${name}`),
      subject: {
        variable: `${VARIABLE_PREFIX}${name}`,
        file: `mcp-values/${name}`,
        copyFrom: 'Copy the complete value from where you created it.',
      },
    });
    this.#credentials.set(name, credentials);
    return credentials;
  }

  async read(names: readonly string[]): Promise<{
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
  }> {
    const entries = await Promise.all(
      names.map(
        async (name) =>
          [name, (await this.credentialsFor(name).key()) ?? this.#readFromFile(name)] as const,
      ),
    );
    return {
      values: Object.fromEntries(
        entries.flatMap(([name, value]) => (value ? [[name, value]] : [])),
      ),
      missing: entries.flatMap(([name, value]) => (value ? [] : [name])),
    };
  }

  /** Values to redact from every text. */
  knownSecrets(): readonly string[] {
    return [...this.#credentials.values()].flatMap((value) => value.knownSecrets());
  }

  #readFromFile(name: string): string | null {
    return this.#options.variables.read([name]).values[name] ?? null;
  }
}
