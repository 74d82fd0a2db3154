import type { Outcome, Record } from './record.ts';
import { callsIn } from './tool-message.ts';

const MAX_LISTED = 50;
const MAX_INPUT_LENGTH = 300;

/**
 * The outcome of a call whose result was not recorded because the process ended. The call is not repeated; the model is
 * told to check. For the task of a subagent, its recorded calls are listed.
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
  const ofTask = records.filter((record) => 'parent' in record && record.parent === parent);
  const settled = new Set(ofTask.flatMap((one) => (one.type === 'outcome' ? one.callId : [])));
  const lines = ofTask.flatMap((record) => {
    if (record.type !== 'answer') return [];
    return callsIn(record.message).map(({ toolCallId, toolName, input }) => {
      const mark = settled.has(toolCallId) ? 'done' : 'unknown';
      return `- [${mark}] ${toolName} ${JSON.stringify(input).slice(0, MAX_INPUT_LENGTH)}`;
    });
  });
  return lines.slice(-MAX_LISTED);
}
