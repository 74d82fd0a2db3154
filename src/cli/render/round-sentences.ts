import { endText, isEndCause } from '../../contract/enhance-text.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import { type Fields, fieldsOf } from '../../lib/fields.ts';
import { plural } from '../../lib/format.ts';
import { type Describe, type EventSentence, say } from './event-sentence.ts';
import { listField, numberField, textField } from './fields.ts';

/** What happens between the rounds of a whole workflow. */
export const roundSentences: Readonly<Record<string, Describe>> = {
  RoundReported: describeReport,
  EditsProposed: (event) => {
    const fault = textField(event, 'fault');
    if (fault !== undefined) return say(`proposed no useful edit: ${fault}`, 'attention');
    const count = plural(listField(event, 'edits').length, 'edit');
    return say(`proposed ${count} to the workflow: ${textField(event, 'summary') ?? ''}`);
  },
  WorkflowRoundOpened: (event) => say(`round ${numberField(event, 'round') ?? 2} begins`, 'busy'),
  EnhancementEnded: (event) => {
    const cause = textField(event, 'cause') ?? '';
    const reason = textField(event, 'reason') ?? null;
    const words = isEndCause(cause) ? endText(cause, reason) : 'Ended.';
    return say(`Loop & Enhance: ${words}`, cause === 'converged' ? 'good' : 'attention');
  },
  FeedbackGiven: (event) => say(`feedback: ${textField(event, 'text') ?? ''}`),
};

const MOST_FAILURES = 3;

/** Who was not successful in a round, and why: what the next one is to improve. */
function describeReport(event: Fields): EventSentence {
  const failures = listField(event, 'failures').map((failed) => {
    const { name, failure } = fieldsOf(failed);
    return `${String(name)}: ${asSentence(textField(fieldsOf(failure), 'message') ?? '')}`;
  });
  const feedback = listField(event, 'feedback').map(
    (text) => `You said: ${asSentence(String(text))}`,
  );
  const told = [...failures, ...feedback];
  const more = told.length > MOST_FAILURES ? [`And ${told.length - MOST_FAILURES} more.`] : [];
  const words = [...told.slice(0, MOST_FAILURES), ...more].join(' ');
  const round = numberField(event, 'round') ?? 1;
  return say(`round ${round} did not succeed${words === '' ? '' : `. ${words}`}`, 'attention');
}
