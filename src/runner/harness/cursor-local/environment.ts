/**
 * What this process may know and the agent's commands may not. The SDK hands them a copy of `process.env`, so these
 * variables can be read by name here, but are not found when all of them are listed.
 */
const HIDDEN: ReadonlySet<string> = new Set(['CURSOR_BACKEND_URL', 'CURSOR_SANDBOX_POLICY_DIR']);

/** The SDK switches TLS checks off for the whole process where Cursor is played by this machine, which needs no TLS. */
const NEVER_SET = 'NODE_TLS_REJECT_UNAUTHORIZED';
/** The key comes with the thread; one in the environment is the person's own business. */
const NEVER_KEPT = ['CURSOR_API_KEY'];

/** Makes `process.env` safe to copy. Once for a process. */
export function guardEnvironment(set: Readonly<Record<string, string | undefined>>): void {
  for (const name of NEVER_KEPT) delete process.env[name];
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
