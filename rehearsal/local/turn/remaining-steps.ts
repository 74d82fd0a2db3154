import type { CallIdentity, Interruption } from '../../agent/interruption.ts';
import type { Step } from '../../agent/steps.ts';
import { pathKey } from '../tools/paths.ts';
import type { TurnContext } from './turn-context.ts';

/**
 * Removes the texts and waits that an interrupted turn has already completed. Tool calls stay in the plan: `callTool`
 * skips those that are recorded as done.
 */
export function remainingSteps(
  plan: readonly Step[],
  context: Pick<TurnContext, 'recorded' | 'folder'>,
  interruption: Interruption | undefined,
): readonly Step[] {
  const { recorded } = context;
  if (recorded === undefined || interruption === undefined) return plan;
  const lastDone = recorded.lastDoneIndex(plan.map((step) => identityOf(context, step)));
  return plan.filter((step, index) => {
    const isBehind = index < lastDone;
    switch (step.kind) {
      case 'say':
        return !isBehind && !interruption.written.includes(step.text.trim());
      case 'think':
      case 'chatter':
      case 'wait':
      case 'fail':
      case 'expire':
        return !isBehind;
      default:
        return true;
    }
  });
}

/** The tool call that a step makes, if it can be predicted. */
function identityOf(context: Pick<TurnContext, 'folder'>, step: Step): CallIdentity | undefined {
  switch (step.kind) {
    case 'run':
      return { tool: 'shell', key: step.command };
    case 'write':
    case 'append':
    case 'edit':
      return { tool: 'edit', key: pathKey(context, step.path) };
    case 'artifact':
    case 'large-artifact':
      return { tool: 'edit', key: `artifacts/${step.name}` };
    case 'read':
    case 'delete':
    case 'ls':
      return { tool: step.kind, key: pathKey(context, step.path) };
    case 'glob':
    case 'grep':
      return { tool: step.kind, key: step.pattern };
    case 'mcp':
      return { tool: 'mcp', key: step.tool };
    case 'subagent':
      return { tool: 'task', key: step.prompt };
    case 'explore':
      return { tool: 'glob', key: '**/*' };
    default:
      return undefined;
  }
}
