import { z } from 'zod';

/**
 * A branded type, which is not assignable from other values of the same shape. It is the type that `z.….brand<Name>()`
 * infers, so that parsed and declared ids have the same type.
 */
export type Brand<Value, Name extends string> = Value & z.core.$brand<Name>;

export type WorkflowId = Brand<string, 'WorkflowId'>;
export type AgentId = Brand<string, 'AgentId'>;
export type ConnectionId = Brand<string, 'ConnectionId'>;

/** Ids are used in paths, URLs and logs, so blank and overlong ones are rejected when they are parsed. */
const idText = z.string().regex(/\S/, 'must not be blank').max(200);

export const workflowIdSchema = idText.brand<'WorkflowId'>();
export const agentIdSchema = idText.brand<'AgentId'>();

// A brand exists only in types. These are the only casts from plain text to a branded id.
export const agentId = (text: string): AgentId => text as AgentId;
export const connectionId = (text: string): ConnectionId => text as ConnectionId;
