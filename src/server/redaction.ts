import { REDACTED } from '../settings/redact.ts';

/** Names of fields that hold secrets, and of objects all of whose values may. */
const secretName =
  /^(?:.*(?:secret|password|passwd|api[-_]?key|access[-_]?token|auth[-_]?token)|token|authorization|cookie)$/i;
const secretHolders = new Set(['envVars', 'headers']);

/** A copy of JSON data without the values of fields that hold secrets, such as headers of MCP servers. */
export function withoutSecrets(value: unknown, holder = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, holder));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner === 'string' && secretName.test(name)) return [name, REDACTED];
      // A workflow's own `env` says where agents run; only that of an MCP server holds keys.
      const holdsSecrets = secretHolders.has(name) || (name === 'env' && holder === 'mcpServers');
      if (!holdsSecrets || !isPlain(inner)) return [name, withoutSecrets(inner, name)];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, REDACTED]))];
    }),
  );
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
