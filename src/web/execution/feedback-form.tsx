import { MessageSquarePlus } from 'lucide-react';
import { isBlank } from '../../lib/blank.ts';
import { Field, TextArea } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { feedbackPlace } from './draft-places.ts';
import { drafts, useDraft } from './drafts.ts';

/** Feedback for the planner, which reads it after the round. */
export function FeedbackForm({ sessionId }: { sessionId: string }) {
  const place = feedbackPlace(sessionId);
  const [text, setText] = useDraft(place);
  const submit = useAction(
    'The feedback was not accepted',
    () => drafts.send(place, () => api.feedback(sessionId, { text: text.trim(), client: 'app' })),
    { done: () => 'The planner reads it after this round' },
  );
  return (
    <div className="flex flex-col items-start gap-2">
      <Field
        label="Feedback on this round"
        hint="What should be better? Another round follows, even if all agents succeed."
        className="w-full max-w-160"
      >
        <TextArea
          rows={2}
          className="min-h-0"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <ActionButton disabled={submit.isPending || isBlank(text)} onClick={() => submit.mutate()}>
        <MessageSquarePlus aria-hidden size={14} /> Give feedback
      </ActionButton>
    </div>
  );
}
