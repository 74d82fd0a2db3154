import { z } from 'zod';

/**
 * A value that the type checker keeps apart from others of the same shape.
 * It is the type that `z.….brand<Name>()` infers, so a parsed id and a declared one are the same type.
 */
export type Brand<Value, Name extends string> = Value & z.core.$brand<Name>;

export type WorkflowId = Brand<string, 'WorkflowId'>;
export type AgentId = Brand<string, 'AgentId'>;
export type ConnectionId = Brand<string, 'ConnectionId'>;

/** Ids name things in paths, URLs and logs, so blank and endless ones are refused at the door. */
const idText = z.string().regex(/\S/, 'must not be blank').max(200);

export const workflowIdSchema = idText.brand<'WorkflowId'>();
export const agentIdSchema = idText.brand<'AgentId'>();

// The casts below are the only doors from plain text to a branded id; a brand exists in types alone.
export const agentId = (text: string): AgentId => text as AgentId;
export const connectionId = (text: string): ConnectionId => text as ConnectionId;
