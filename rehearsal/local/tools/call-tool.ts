import type { CallIdentity } from '../../agent/interruption.ts';
import type { Tool } from '../turn/narrator.ts';
import type { LocalStage } from '../turn/stage.ts';

/**
 * Uses a tool, unless the client does not permit it or an interrupted turn has used it already. In both cases the
 * agent says so and continues.
 */
export async function callTool(
  stage: LocalStage,
  identity: CallIdentity,
  begun: Tool,
  work: (callId: string) => Promise<Tool>,
): Promise<void> {
  const { narrator, permits, recorded } = stage;
  if (!permits.allows(begun.case)) {
    return narrator.say(
      `I am not allowed to use the tool ${identity.tool}, so I skip ${shown(identity)}.\n\n`,
    );
  }
  if (recorded?.takeDone(identity) === true) {
    return narrator.say(`I skip ${shown(identity)}: it was done before the interruption.\n\n`);
  }
  return narrator.tool(begun, work);
}

const mostShown = 120;

export function shown({ tool, key }: CallIdentity): string {
  const text = key.length > mostShown ? `${key.slice(0, mostShown)}…` : key;
  return `\`${tool} ${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}
