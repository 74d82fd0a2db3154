/** Keys as their makers write them: Cursor's, GitHub's, and whatever stands behind `Bearer`. */
const keyPatterns: readonly RegExp[] = [
  /\b(?:crsr|key|cursor)_[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}/gi,
];
const REDACTED = '[redacted]';

/** Names of fields that hold secrets, and of objects all of whose values may. */
const secretName =
  /^(?:.*(?:secret|password|passwd|api[-_]?key|access[-_]?token|auth[-_]?token)|token|authorization|cookie)$/i;
const secretHolders = new Set(['envVars', 'headers']);

/** A function that takes the given secrets, and everything that looks like a key, out of a text. */
export function redactor(secrets: () => readonly string[]): (text: string) => string {
  return (text) => {
    let clean = text;
    for (const secret of secrets()) {
      if (secret.length >= 8) clean = clean.replaceAll(secret, REDACTED);
    }
    for (const pattern of keyPatterns) clean = clean.replace(pattern, REDACTED);
    return clean;
  };
}

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
