/**
 * From version 1 to 2 of `SessionStarted`. Version 1 did not know the fields below: a workflow could hold anything under
 * these names, and it had no effect. It must have none now, in a session that has been going on since then.
 */
const unknownThen = {
  agents: ['runMode', 'planFirst', 'loop'],
  connections: ['expression'],
  settings: ['local', 'permissions', 'loopAndEnhance'],
} as const;

type Fields = Readonly<Record<string, unknown>>;

export function withoutUnknownFields(event: Fields): Record<string, unknown> {
  const { workflow } = event;
  if (!isObject(workflow)) return { ...event };
  const { agents, connections, settings } = workflow;
  return {
    ...event,
    workflow: {
      ...workflow,
      ...(Array.isArray(agents) ? { agents: agents.map(without(unknownThen.agents)) } : {}),
      ...(Array.isArray(connections)
        ? { connections: connections.map(without(unknownThen.connections)) }
        : {}),
      ...(isObject(settings) ? { settings: without(unknownThen.settings)(settings) } : {}),
    },
  };
}

const without =
  (names: readonly string[]) =>
  (value: unknown): unknown =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
      : value;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
