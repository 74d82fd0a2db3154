/** Variables that hold keys of ours; programs that we start get them only on purpose. */
const SECRET_VARIABLES: readonly string[] = ['CURSOR_API_KEY'];

/** The environment for child processes: without our keys. Windows ignores the case of names, so we do. */
export const environmentForChildren = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || SECRET_VARIABLES.includes(name.toUpperCase()) ? [] : [[name, value]],
    ),
  );
