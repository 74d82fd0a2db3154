/**
 * Variables that are hidden from the agent's commands. The SDK passes them a copy of `process.env`, so these variables
 * can be read by name, but are not listed.
 */
const HIDDEN: ReadonlySet<string> = new Set(['CURSOR_BACKEND_URL', 'CURSOR_SANDBOX_POLICY_DIR']);

/**
 * The SDK disables TLS verification for the whole process if the backend is on this machine, where TLS is not used.
 */
const NEVER_SET = 'NODE_TLS_REJECT_UNAUTHORIZED';
/** The key comes with the thread; the one in the environment is the user's own. */
const REMOVED = ['CURSOR_API_KEY'];

/** Makes `process.env` safe to copy. Called once per process. */
export function guardEnvironment(set: Readonly<Record<string, string | undefined>>): void {
  for (const name of REMOVED) delete process.env[name];
  for (const [name, value] of Object.entries(set)) {
    if (value !== undefined) process.env[name] = value;
  }
  process.env = guarded(process.env);
}

/** @internal Exported for its test. */
export function guarded(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isHidden = (name: string | symbol) => typeof name === 'string' && HIDDEN.has(name);
  return new Proxy(environment, {
    ownKeys: (target) => Reflect.ownKeys(target).filter((name) => !isHidden(name)),
    getOwnPropertyDescriptor: (target, name) =>
      isHidden(name) ? undefined : Reflect.getOwnPropertyDescriptor(target, name),
    set: (target, name, value) => name === NEVER_SET || Reflect.set(target, name, value),
  });
}
