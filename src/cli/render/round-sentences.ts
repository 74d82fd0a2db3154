import { endText, isEndCause } from '../../contract/enhance-text.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import { type Fields, fieldsOf } from '../../lib/fields.ts';
import { plural } from '../../lib/format.ts';
import { type Describe, type EventSentence, transition } from './event-sentence.ts';
import { listField, numberField, textField } from './fields.ts';

/** Sentences for the events between rounds of the workflow. */
export const roundSentences: Readonly<Record<string, Describe>> = {
  RoundReported: describeReport,
  EditsProposed: (event) => {
    const fault = textField(event, 'fault');
    if (fault !== undefined) return transition(`proposed no useful edit: ${fault}`, 'attention');
    const count = plural(listField(event, 'edits').length, 'edit');
    return transition(`proposed ${count} to the workflow: ${textField(event, 'summary') ?? ''}`);
  },
  WorkflowRoundOpened: (event) =>
    transition(`round ${numberField(event, 'round') ?? 2} begins`, 'busy'),
  EnhancementEnded: (event) => {
    const cause = textField(event, 'cause') ?? '';
    const reason = textField(event, 'reason') ?? null;
    const text = isEndCause(cause) ? endText(cause, reason) : 'Ended.';
    return transition(`Loop & Enhance: ${text}`, cause === 'converged' ? 'good' : 'attention');
  },
  FeedbackGiven: (event) => transition(`feedback: ${textField(event, 'text') ?? ''}`),
};

const MAX_ENTRIES = 3;

/** The failures of a round and the feedback to it. */
function describeReport(event: Fields): EventSentence {
  const failures = listField(event, 'failures').map((entry) => {
    const { name, failure } = fieldsOf(entry);
    return `${String(name)}: ${asSentence(textField(fieldsOf(failure), 'message') ?? '')}`;
  });
  const feedback = listField(event, 'feedback').map(
    (text) => `You said: ${asSentence(String(text))}`,
  );
  const entries = [...failures, ...feedback];
  const more = entries.length > MAX_ENTRIES ? [`And ${entries.length - MAX_ENTRIES} more.`] : [];
  const text = [...entries.slice(0, MAX_ENTRIES), ...more].join(' ');
  const round = numberField(event, 'round') ?? 1;
  return transition(`round ${round} did not succeed${text === '' ? '' : `. ${text}`}`, 'attention');
}
