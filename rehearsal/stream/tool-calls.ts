import type { StreamEvent } from './stream-events.ts';

/** The typed form of a tool call. The SDK drops an update whose `toolCall` does not match its schema. */
export type TypedToolCall = { readonly type: string; readonly args: object };

export type ToolCall = {
  readonly callId: string;
  /** Name on the wire, e.g. `read_file`. */
  readonly name: string;
  readonly args: object;
  /** Absent for tools that have no typed twin, e.g. `web_search`. */
  readonly typed?: TypedToolCall;
};

export type ToolOutcome =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly error: string };

const wireNames: Readonly<Record<string, string>> = {
  shell: 'run_terminal_cmd',
  read: 'read_file',
  edit: 'edit_file',
  delete: 'delete_file',
  glob: 'file_search',
  grep: 'grep_search',
  updateTodos: 'todo_write',
  task: 'task',
  mcp: 'mcp',
};

/** A call of a tool whose typed form the SDK knows. */
export function typedToolCall(callId: string, type: string, args: object): ToolCall {
  return { callId, name: wireNames[type] ?? type, args, typed: { type, args } };
}

export function toolCallStarted(call: ToolCall): StreamEvent {
  const { callId, name, args, typed } = call;
  const simplified = { event: 'tool_call', data: { callId, name, status: 'running', args } };
  if (typed === undefined) return { hasId: true, frames: [simplified] };
  const twin = {
    type: 'tool-call-started',
    callId,
    modelCallId: modelCallId(callId),
    toolCall: typed,
  };
  return { hasId: true, frames: [simplified, { event: 'interaction_update', data: twin }] };
}

/** A failed call is `completed`, too; the error is in its result. */
export function toolCallCompleted(call: ToolCall, outcome: ToolOutcome): StreamEvent {
  const { callId, name, args, typed } = call;
  const result = outcome.ok ? { success: outcome.value } : { error: { message: outcome.error } };
  const simplified = {
    event: 'tool_call',
    data: { callId, name, status: 'completed', args, result },
  };
  if (typed === undefined) return { hasId: true, frames: [simplified] };
  const toolCall = {
    ...typed,
    result: outcome.ok
      ? { status: 'success', value: outcome.value }
      : { status: 'error', error: { message: outcome.error } },
  };
  const twin = { type: 'tool-call-completed', callId, modelCallId: modelCallId(callId), toolCall };
  return { hasId: true, frames: [simplified, { event: 'interaction_update', data: twin }] };
}

const modelCallId = (callId: string): string => `model-${callId.split('\n')[0]}`;
