/** A string that only the named parser or constructor may produce. */
export type Brand<Value, Name extends string> = Value & { readonly __brand: Name };

export type WorkflowId = Brand<string, 'WorkflowId'>;
export type AgentId = Brand<string, 'AgentId'>;
export type ConnectionId = Brand<string, 'ConnectionId'>;
