import { REDACTED, type Redactor } from '../lib/redact.ts';

/** Names of fields that hold secrets, and of objects all of whose values may. */
const secretName =
  /^(?:.*(?:secret|password|passwd|passphrase|(?:api|access|private|secret|signing|client)[-_]?key|(?:access|auth|refresh|id|bearer|session)[-_]?token|credentials?)|(?:.*[-_])?token|authorization|cookie)$/i;
const secretHolders = new Set(['envVars', 'headers']);
const SERVERS = 'mcpServers';

/** A copy of a value without secrets, and how many were taken out of it. */
export type Redacted<Value> = { readonly value: Value; readonly count: number };

/**
 * Copies of JSON data without secrets: neither in fields that hold them, such as headers of MCP servers, nor inside any
 * text or name. It works on the values and not on their JSON, where a key can hide behind an escaped character. Give
 * many at once: the texts of all are searched together.
 */
export function redactValues<Value>(
  values: readonly Value[],
  redact: Redactor,
): readonly Redacted<Value>[] {
  const named = values.map((value) => {
    const tally = { count: 0 };
    return { value: redactNamedFields(value, tally), tally };
  });
  const texts: string[] = [];
  for (const { value } of named)
    mapTexts(value, (text) => {
      texts.push(text);
      return text;
    });
  const clean = redact(texts).values();
  return named.map(({ value, tally }) => {
    const mapped = mapTexts(value, (text) => {
      const next = clean.next().value ?? { text, count: 0 };
      tally.count += next.count;
      return next.text;
    });
    // Only texts were replaced, by texts.
    return { value: mapped as Value, count: tally.count };
  });
}

/** One value without secrets; where some were taken out, `redactions` next to its own fields says how many. */
export function withRedactionCount<Value extends object>({
  value,
  count,
}: Redacted<Value>): object {
  return count === 0 ? value : { ...value, redactions: count };
}

/** A copy in which every text is replaced, names of fields too, always in the same order. */
function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, replace));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [replace(name), mapTexts(inner, replace)]),
  );
}

type Tally = { count: number };

function redactNamedFields(value: unknown, tally: Tally, holder = ''): unknown {
  const taken = (): string => {
    tally.count += 1;
    return REDACTED;
  };
  if (Array.isArray(value)) return value.map((item) => redactNamedFields(item, tally, holder));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner === 'string' && inner !== '' && secretName.test(name))
        return [name, taken()];
      if (name === SERVERS && isPlain(inner)) {
        const servers = Object.entries(inner).map(([key, server]) => [
          key,
          redactNamedFields(server, tally, name),
        ]);
        return [name, Object.fromEntries(servers)];
      }
      if (holder === SERVERS && name === 'url' && typeof inner === 'string') {
        return [name, inner.replace(/\?.*$/s, () => `?${taken()}`)];
      }
      if (holder === SERVERS && name === 'args' && Array.isArray(inner)) {
        return [name, redactArguments(inner, taken)];
      }
      // A workflow's own `env` says where agents run; only that of an MCP server holds keys.
      const holdsSecrets = secretHolders.has(name) || (name === 'env' && holder === SERVERS);
      if (!holdsSecrets || !isPlain(inner)) return [name, redactNamedFields(inner, tally, name)];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, taken()]))];
    }),
  );
}

/** `--token abc` and `--token=abc`. */
function redactArguments(given: readonly unknown[], taken: () => string): readonly unknown[] {
  return given.map((argument, index) => {
    if (typeof argument !== 'string') return argument;
    const [flag = '', value] = argument.split('=', 2);
    if (value !== undefined && isSecretFlag(flag)) return `${flag}=${taken()}`;
    const before = given[index - 1];
    return typeof before === 'string' && isSecretFlag(before) ? taken() : argument;
  });
}

const isSecretFlag = (text: string): boolean =>
  text.startsWith('-') && secretName.test(text.replace(/^-{1,2}/, ''));

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
