import type { Outcome, Record } from './record.ts';
import { callsIn } from './tool-message.ts';

const MAX_LISTED = 50;
const MAX_INPUT_LENGTH = 300;

/**
 * The result of a call that was begun and whose result nobody recorded, because the process ended. We never repeat it;
 * the model is told, and looks for itself. Of a subagent's task, what it did is told as far as it is known.
 */
export function unknownOutcome(callId: string, records: readonly Record[]): Outcome {
  const done = callsOfTask(callId, records);
  return {
    kind: 'unknown',
    text: [
      'The process ended before the result of this call was recorded. It may or may not have taken effect. Check that before you rely on it or repeat it.',
      ...(done.length === 0 ? [] : ['The subagent had made these calls:', ...done]),
    ].join('\n'),
  };
}

function callsOfTask(parent: string, records: readonly Record[]): readonly string[] {
  const own = records.filter((record) => 'parent' in record && record.parent === parent);
  const settled = new Set(own.flatMap((one) => (one.type === 'outcome' ? one.callId : [])));
  const lines = own.flatMap((record) => {
    if (record.type !== 'answer') return [];
    return callsIn(record.message).map(({ toolCallId, toolName, input }) => {
      const mark = settled.has(toolCallId) ? 'done' : 'unknown';
      return `- [${mark}] ${toolName} ${JSON.stringify(input).slice(0, MAX_INPUT_LENGTH)}`;
    });
  });
  return lines.slice(-MAX_LISTED);
}
