import type { McpServer } from './schema/settings.ts';

/** `${NAME}` in a variable or header of an MCP server. The user's value is stored on this machine, never in the file. */
const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g;

type WithPlaceholders = Pick<McpServer, 'env' | 'headers'>;

/** The names of the values that a server needs. */
export function requiredValues({ env = {}, headers = {} }: WithPlaceholders): readonly string[] {
  const texts = [...Object.values(env), ...Object.values(headers)];
  const names = texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The server with its placeholders replaced by values. Placeholders without a value stay. */
export function withValues<Server extends WithPlaceholders>(
  server: Server,
  values: Readonly<Record<string, string>>,
): Server {
  const fill = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text.replace(placeholder, (match, name: string) => values[name] ?? match),
      ]),
    );
  return {
    ...server,
    ...(server.env === undefined ? {} : { env: fill(server.env) }),
    ...(server.headers === undefined ? {} : { headers: fill(server.headers) }),
  };
}
