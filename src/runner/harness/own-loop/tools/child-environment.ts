type Environment = Readonly<Record<string, string | undefined>>;

/** Keys and addresses of ours, and keys of providers, are no business of what an agent starts. */
const HIDDEN = /^(CURSOR|CEREVISOR)_|_API_KEY$|_AUTH_TOKEN$/i;
const KEPT: ReadonlySet<string> = new Set(['CEREVISOR_THREAD']);

/** What the person's shell has, without keys, for programs that an agent starts. */
export const childEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || (HIDDEN.test(name) && !KEPT.has(name)) ? [] : [[name, value]],
    ),
  );
