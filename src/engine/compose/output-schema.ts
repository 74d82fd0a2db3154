import type { Connection } from '../../workflow/schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema for the answer to a repair request. Providers can enforce only object schemas; for others, the prompt
 * must suffice.
 */
export function repairSchema({ handoffSchema }: Pick<Connection, 'handoffSchema'>): {
  readonly outputSchema?: Schema;
} {
  const isObject = typeof handoffSchema === 'object' && handoffSchema.type === 'object';
  return isObject ? { outputSchema: handoffSchema } : {};
}

/** The schema of the answer to a request for decisions, which has the content of a `decision` block. */
export function decisionSchema(connectionIds: readonly string[]): Schema {
  const decision = {
    type: 'object',
    properties: { holds: { type: 'boolean' }, reason: { type: 'string' } },
    required: ['holds', 'reason'],
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: Object.fromEntries(connectionIds.map((id) => [id, decision])),
    required: [...connectionIds],
    additionalProperties: false,
  };
}
