import type { CallIdentity } from '../../agent/interruption.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';

/**
 * Uses a tool, unless the client does not permit it or an interrupted turn has used it already. In both cases the agent
 * says so and continues.
 */
export async function callTool(
  stage: TurnContext,
  identity: CallIdentity,
  startedCall: Tool,
  work: (callId: string) => Promise<Tool>,
): Promise<void> {
  const { writer, permissions, recorded } = stage;
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

const maxShownCharacters = 120;

export function describeCall({ tool, key }: CallIdentity): string {
  const text = key.length > maxShownCharacters ? `${key.slice(0, maxShownCharacters)}…` : key;
  return `\`${tool} ${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}
