import { REDACTED, type Redactor } from '../lib/redact.ts';

/** Names of fields that contain secrets. */
const secretName =
  /^(?:.*(?:secret|password|passwd|passphrase|(?:api|access|private|secret|signing|client)[-_]?key|(?:access|auth|refresh|id|bearer|session)[-_]?token|credentials?)|(?:.*[-_])?token|authorization|cookie)$/i;
/** Names of objects whose values may all be secret. */
const secretObjects = new Set(['envVars', 'headers']);
const SERVERS = 'mcpServers';

/** A copy of a value without secrets, and the number of secrets that were removed. */
export type Redacted<Value> = { readonly value: Value; readonly count: number };

/**
 * Copies of JSON data without secrets, both in fields that contain them, such as headers of MCP servers, and inside any
 * text or field name. It works on values, because in JSON text, a key can hide behind an escape. Pass many values at
 * once: their texts are searched together.
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
    // Only strings were replaced, by strings.
    return { value: mapped as Value, count: tally.count };
  });
}

/** A redacted object. If secrets were removed, an additional field `redactions` contains their number. */
export function withRedactionCount<Value extends object>({
  value,
  count,
}: Redacted<Value>): object {
  return count === 0 ? value : { ...value, redactions: count };
}

/** A copy in which every string and field name is replaced, always in the same order. */
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
  const redact = (): string => {
    tally.count += 1;
    return REDACTED;
  };
  if (Array.isArray(value)) return value.map((item) => redactNamedFields(item, tally, holder));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner === 'string' && inner !== '' && secretName.test(name))
        return [name, redact()];
      if (name === SERVERS && isPlain(inner)) {
        const servers = Object.entries(inner).map(([key, server]) => [
          key,
          redactNamedFields(server, tally, name),
        ]);
        return [name, Object.fromEntries(servers)];
      }
      if (holder === SERVERS && name === 'url' && typeof inner === 'string') {
        return [name, inner.replace(/\?.*$/s, () => `?${redact()}`)];
      }
      if (holder === SERVERS && name === 'args' && Array.isArray(inner)) {
        return [name, redactArguments(inner, redact)];
      }
      // A workflow's `env` describes where agents run; only the `env` of an MCP server contains keys.
      const holdsSecrets = secretObjects.has(name) || (name === 'env' && holder === SERVERS);
      if (!holdsSecrets || !isPlain(inner)) return [name, redactNamedFields(inner, tally, name)];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, redact()]))];
    }),
  );
}

/** `--token abc` and `--token=abc`. */
function redactArguments(args: readonly unknown[], redact: () => string): readonly unknown[] {
  return args.map((argument, index) => {
    if (typeof argument !== 'string') return argument;
    const [flag = '', value] = argument.split('=', 2);
    if (value !== undefined && isSecretFlag(flag)) return `${flag}=${redact()}`;
    const previous = args[index - 1];
    return typeof previous === 'string' && isSecretFlag(previous) ? redact() : argument;
  });
}

const isSecretFlag = (text: string): boolean =>
  text.startsWith('-') && secretName.test(text.replace(/^-{1,2}/, ''));

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
