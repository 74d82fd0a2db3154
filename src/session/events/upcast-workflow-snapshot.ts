import { type Fields, isObject } from '../../lib/fields.ts';

/**
 * Upcasts `SessionStarted` from version 1 to 2. Version 1 ignored the fields below, so a workflow could contain anything
 * under these names. They must have no effect in a session that started then.
 */
const fieldsUnknownInVersion1 = {
  agents: ['runMode', 'planFirst', 'loop'],
  connections: ['expression'],
  settings: ['local', 'permissions', 'loopAndEnhance'],
} as const;

export function withoutUnknownFields(event: Fields): Record<string, unknown> {
  const { workflow } = event;
  if (!isObject(workflow)) return { ...event };
  const { agents, connections, settings } = workflow;
  return {
    ...event,
    workflow: {
      ...workflow,
      ...(Array.isArray(agents)
        ? { agents: agents.map(without(fieldsUnknownInVersion1.agents)) }
        : {}),
      ...(Array.isArray(connections)
        ? { connections: connections.map(without(fieldsUnknownInVersion1.connections)) }
        : {}),
      ...(isObject(settings)
        ? { settings: without(fieldsUnknownInVersion1.settings)(settings) }
        : {}),
    },
  };
}

const without =
  (names: readonly string[]) =>
  (value: unknown): unknown =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
      : value;
