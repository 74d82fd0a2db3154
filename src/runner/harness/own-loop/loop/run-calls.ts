import { evaluatePolicy } from '../../../../permissions/decide.ts';
import type { PermissionPolicy } from '../../../../permissions/tool-request.ts';
import type { Conversation } from '../store/conversation.ts';
import { failed, type Tool, ToolError, type ToolResult } from '../tools/tool.ts';
import type { TurnOutput } from './turn-output.ts';

export type Call = { readonly callId: string; readonly name: string; readonly input: unknown };

export type CallContext = {
  readonly turnId: string;
  readonly cwd: string;
  readonly tools: readonly Tool[];
  readonly conversation: Conversation;
  readonly output: TurnOutput;
  readonly policy: PermissionPolicy | undefined;
  /** Warnings about paths outside the working folder in a call. */
  readonly warningsOf: (name: string, input: unknown) => readonly string[];
  readonly signal: AbortSignal;
};

/** Runs the calls of an answer in order; consecutive read-only calls run in parallel. */
export async function runCalls(calls: readonly Call[], context: CallContext): Promise<void> {
  for (const group of groupParallelCalls(calls, context.tools)) {
    await Promise.all(group.map((call) => runCall(call, context)));
  }
}

function groupParallelCalls(
  calls: readonly Call[],
  tools: readonly Tool[],
): readonly (readonly Call[])[] {
  const isReadOnly = ({ name }: Call) =>
    tools.find((tool) => tool.name === name)?.isReadOnly === true;
  const groups: Call[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    if (last !== undefined && previous !== undefined && isReadOnly(previous) && isReadOnly(call))
      last.push(call);
    else groups.push([call]);
  }
  return groups;
}

/** Runs one call, which is stored already. Its result is stored before it is reported. */
async function runCall(call: Call, context: CallContext): Promise<void> {
  const { callId, name, input } = call;
  const { output, conversation, turnId, signal } = context;
  if (signal.aborted) {
    const text = 'The turn was cancelled before this call started.';
    return conversation.addOutcome(turnId, call, { kind: 'cancelled', text });
  }
  await output.startCall(callId, name, input);
  for (const warning of context.warningsOf(name, input)) await output.notice('warning', warning);
  const { outcome, result } = await resultOf(call, context);
  conversation.addOutcome(turnId, call, outcome);
  await output.endCall({ callId, name, isDone: outcome.kind === 'done', args: input, result });
}

async function resultOf(call: Call, context: CallContext): Promise<ToolResult> {
  const { tools, signal } = context;
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return failed(`There is no tool ${call.name}. The available tools are: ${names}.`);
  }
  try {
    const input = tool.read(call.input);
    const permission = await requestPermission(tool, input, call, context);
    if (signal.aborted) return cancelled();
    if (permission.note !== null) return denied(permission.note);
    return await tool.run(input, {
      callId: call.callId,
      turnId: context.turnId,
      signal,
      wasApproved: permission.wasApproved,
      print: context.output.liveOutput(call.callId),
    });
  } catch (error) {
    if (signal.aborted) return cancelled();
    if (error instanceof ToolError) return failed(error.message);
    // An unexpected error of a tool does not end the turn: the model may find another way.
    return failed(`The tool failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `note`: why the call is denied; null if it is allowed. */
type Permission = { readonly note: string | null; readonly wasApproved: boolean };

async function requestPermission(
  tool: Tool,
  input: unknown,
  { callId, input: args }: Call,
  { cwd, policy, output, signal }: CallContext,
): Promise<Permission> {
  const permissionDetails = await tool.permissionDetails(input);
  const request = {
    category: tool.category,
    tool: tool.permissionName ?? tool.name,
    args,
    folder: cwd,
    ...permissionDetails,
  };
  const answer = await output.ask(callId, request, signal);
  if (answer.decision === 'deny')
    return { note: answer.note ?? 'This call was denied.', wasApproved: false };
  const isAllowedByPolicy =
    policy === undefined || evaluatePolicy(policy, request).decision === 'allow';
  return { note: null, wasApproved: !isAllowedByPolicy };
}

const denied = (note: string): ToolResult => ({
  outcome: { kind: 'denied', text: `This call was not permitted, and nothing was done. ${note}` },
  result: { error: { message: note } },
});

const cancelled = (): ToolResult => ({
  outcome: { kind: 'cancelled', text: 'The turn was cancelled during this call.' },
  result: { error: { message: 'Cancelled.' } },
});
