import { REDACTED } from '../settings/redact.ts';

/** Names of fields that hold secrets, and of objects all of whose values may. */
const secretName =
  /^(?:.*(?:secret|password|passwd|api[-_]?key|access[-_]?token|auth[-_]?token)|token|authorization|cookie)$/i;
const secretHolders = new Set(['envVars', 'headers']);
const SERVERS = 'mcpServers';

/** A copy of JSON data without the values of fields that hold secrets, such as headers of MCP servers. */
export function withoutSecrets(value: unknown, holder = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, holder));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner === 'string' && secretName.test(name)) return [name, REDACTED];
      if (name === SERVERS && isPlain(inner)) {
        const servers = Object.entries(inner).map(([key, server]) => [
          key,
          withoutSecrets(server, name),
        ]);
        return [name, Object.fromEntries(servers)];
      }
      if (holder === SERVERS && name === 'url' && typeof inner === 'string') {
        return [name, inner.replace(/\?.*$/s, `?${REDACTED}`)];
      }
      if (holder === SERVERS && name === 'args' && Array.isArray(inner)) {
        return [name, withoutSecretArguments(inner)];
      }
      // A workflow's own `env` says where agents run; only that of an MCP server holds keys.
      const holdsSecrets = secretHolders.has(name) || (name === 'env' && holder === SERVERS);
      if (!holdsSecrets || !isPlain(inner)) return [name, withoutSecrets(inner, name)];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, REDACTED]))];
    }),
  );
}

/** `--token abc` and `--token=abc`. */
function withoutSecretArguments(given: readonly unknown[]): readonly unknown[] {
  return given.map((argument, index) => {
    if (typeof argument !== 'string') return argument;
    const [flag = '', value] = argument.split('=', 2);
    if (value !== undefined && isSecretFlag(flag)) return `${flag}=${REDACTED}`;
    const before = given[index - 1];
    return typeof before === 'string' && isSecretFlag(before) ? REDACTED : argument;
  });
}

const isSecretFlag = (text: string): boolean =>
  text.startsWith('-') && secretName.test(text.replace(/^-{1,2}/, ''));

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
