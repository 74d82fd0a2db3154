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
 * The person's values for MCP servers, by the names that workflows call them: from the environment, the keychain, a file
 * that was consented to, or `variables.json`.
 */
export class McpValues {
  readonly #options: McpValuesOptions;
  readonly #known = new Map<string, Credentials>();

  constructor(options: McpValuesOptions) {
    this.#options = options;
  }

  of(name: string): Credentials {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { home, environment, keychain } = this.#options;
    const made = new Credentials({
      home,
      environment,
      keychain: keychain(`mcp-value/${name}`),
      subject: {
        variable: `${VARIABLE_PREFIX}${name}`,
        file: `mcp-values/${name}`,
        copyFrom: 'Copy the complete value from where you created it.',
      },
    });
    this.#known.set(name, made);
    return made;
  }

  async read(names: readonly string[]): Promise<{
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
  }> {
    const found = await Promise.all(
      names.map(async (name) => [name, (await this.of(name).key()) ?? this.#inFile(name)] as const),
    );
    return {
      values: Object.fromEntries(found.flatMap(([name, value]) => (value ? [[name, value]] : []))),
      missing: found.flatMap(([name, value]) => (value ? [] : [name])),
    };
  }

  /** Values that must not appear in any text. */
  knownSecrets(): readonly string[] {
    return [...this.#known.values()].flatMap((value) => value.knownSecrets());
  }

  #inFile(name: string): string | null {
    return this.#options.variables.read([name]).values[name] ?? null;
  }
}
