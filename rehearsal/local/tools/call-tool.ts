import { type CallIdentity, describeCall } from '../../agent/interruption.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';

/**
 * Calls a tool, unless the client does not allow it or the interrupted turn has already made this call. In both cases,
 * the agent reports it and continues.
 */
export async function callTool(
  context: TurnContext,
  identity: CallIdentity,
  startedCall: Tool,
  work: (callId: string) => Promise<Tool>,
): Promise<void> {
  const { writer, permissions, recorded } = context;
  if (!permissions.allows(startedCall.case)) {
    return writer.writeText(
      `I am not allowed to use the tool ${identity.tool}, so I skip ${describeCall(identity)}.\n\n`,
    );
  }
  if (recorded?.takeDone(identity) === true) {
    return writer.writeText(
      `I skip ${describeCall(identity)}: it was done before the interruption.\n\n`,
    );
  }
  return writer.runTool(startedCall, work);
}
