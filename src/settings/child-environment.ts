import { VARIABLE_PREFIX } from './variables.ts';

/** Variables that hold keys of ours; programs that we start get them only on purpose. */
const SECRET_VARIABLES: readonly string[] = [
  'CURSOR_API_KEY',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
];

/** The environment for child processes: without our keys. Windows ignores the case of names, so we do. */
export const environmentForChildren = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || isSecret(name.toUpperCase()) ? [] : [[name, value]],
    ),
  );

const isSecret = (name: string): boolean =>
  SECRET_VARIABLES.includes(name) || name.startsWith(VARIABLE_PREFIX);
