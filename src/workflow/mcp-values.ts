import type { McpServer } from './schema/settings.ts';

/** `${NAME}` in a variable or header of an MCP server: the value is the person's, and never stands in the file. */
const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g;

type Valued = Pick<McpServer, 'env' | 'headers'>;

/** The values that a server wants, by their names. */
export function requiredValues({ env = {}, headers = {} }: Valued): readonly string[] {
  const texts = [...Object.values(env), ...Object.values(headers)];
  const names = texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** The server with the values in their places. What has no value stays as it is. */
export function withValues<Server extends Valued>(
  server: Server,
  values: Readonly<Record<string, string>>,
): Server {
  const fill = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        text.replace(placeholder, (whole, wanted: string) => values[wanted] ?? whole),
      ]),
    );
  return {
    ...server,
    ...(server.env === undefined ? {} : { env: fill(server.env) }),
    ...(server.headers === undefined ? {} : { headers: fill(server.headers) }),
  };
}
