import { evaluatePolicy } from '../../../../permissions/decide.ts';
import type { PermissionPolicy } from '../../../../permissions/tool-request.ts';
import type { Conversation } from '../store/conversation.ts';
import { failed, type OwnTool, ToolProblem, type ToolResult } from '../tools/own-tool.ts';
import type { Voice } from './voice.ts';

export type Call = { readonly callId: string; readonly name: string; readonly input: unknown };

export type CarryOut = {
  readonly turnId: string;
  readonly cwd: string;
  readonly tools: readonly OwnTool[];
  readonly conversation: Conversation;
  readonly voice: Voice;
  readonly policy: PermissionPolicy | undefined;
  /** Tells of what a call names outside the working folder. */
  readonly warningsOf: (name: string, input: unknown) => readonly string[];
  readonly signal: AbortSignal;
};

/** Carries out the calls of an answer, in their order; neighbors that only read go side by side. */
export async function carryOut(calls: readonly Call[], way: CarryOut): Promise<void> {
  for (const group of groupsOf(calls, way.tools)) {
    await Promise.all(group.map((call) => carryOutOne(call, way)));
  }
}

function groupsOf(calls: readonly Call[], tools: readonly OwnTool[]): readonly (readonly Call[])[] {
  const isReadOnly = ({ name }: Call) =>
    tools.find((tool) => tool.name === name)?.isReadOnly === true;
  const groups: Call[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && isReadOnly(before) && isReadOnly(call))
      last.push(call);
    else groups.push([call]);
  }
  return groups;
}

/** The call is in the store already. Its result is there before anyone is told of it. */
async function carryOutOne(call: Call, way: CarryOut): Promise<void> {
  const { callId, name, input } = call;
  const { voice, conversation, turnId, signal } = way;
  if (signal.aborted) {
    const text = 'The turn was cancelled before this call started.';
    return conversation.addOutcome(turnId, call, { kind: 'cancelled', text });
  }
  await voice.begin(callId, name, input);
  for (const warning of way.warningsOf(name, input)) await voice.notice('warning', warning);
  const { outcome, result } = await resultOf(call, way);
  conversation.addOutcome(turnId, call, outcome);
  await voice.end(callId, name, outcome.kind === 'done', input, result);
}

async function resultOf(call: Call, way: CarryOut): Promise<ToolResult> {
  const { tools, signal } = way;
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ');
    return failed(`There is no tool ${call.name}. The available tools are: ${names}.`);
  }
  try {
    const input = tool.read(call.input);
    const permit = await askFor(tool, input, call, way);
    if (signal.aborted) return cancelled();
    if (permit.note !== null) return denied(permit.note);
    return await tool.run(input, {
      callId: call.callId,
      turnId: way.turnId,
      signal,
      wasAsked: permit.wasAsked,
      print: way.voice.printer(call.callId),
    });
  } catch (error) {
    if (signal.aborted) return cancelled();
    if (error instanceof ToolProblem) return failed(error.message);
    // Whatever a tool stumbles over is no reason to end the turn: the model may find another way.
    return failed(`The tool failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `note`: why the call may not be made; null when it may. */
type Permit = { readonly note: string | null; readonly wasAsked: boolean };

async function askFor(
  tool: OwnTool,
  input: unknown,
  { callId, input: args }: Call,
  { cwd, policy, voice, signal }: CarryOut,
): Promise<Permit> {
  const question = await tool.question(input);
  const request = {
    category: tool.category,
    tool: tool.permissionName ?? tool.name,
    args,
    folder: cwd,
    ...question,
  };
  const answer = await voice.ask(callId, request, signal);
  if (answer.decision === 'deny')
    return { note: answer.note ?? 'This call was denied.', wasAsked: false };
  const isAllowedAnyway =
    policy === undefined || evaluatePolicy(policy, request).decision === 'allow';
  return { note: null, wasAsked: !isAllowedAnyway };
}

const denied = (note: string): ToolResult => ({
  outcome: { kind: 'denied', text: `This call was not permitted, and nothing was done. ${note}` },
  result: { error: { message: note } },
});

const cancelled = (): ToolResult => ({
  outcome: { kind: 'cancelled', text: 'The turn was cancelled during this call.' },
  result: { error: { message: 'Cancelled.' } },
});
