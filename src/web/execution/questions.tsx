import { Check, MessageSquareReply, Pencil, X } from 'lucide-react';
import { type RefObject, useRef, useState } from 'react';
import type { PlanView } from '../../contract/flow-views.ts';
import type { QuestionView, SessionDetail } from '../../contract/session-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { ChangesPanel } from '../changes/changes-panel.tsx';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Field, TextArea } from '../design/field.tsx';
import { Markdown } from '../design/markdown.tsx';
import { MessageText } from '../design/message-text.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { navigate } from '../kernel/route.ts';
import { useAction } from '../kernel/use-action.ts';
import { AnswerRow } from './answer-row.tsx';
import { notePlace } from './draft-places.ts';
import type { DraftPlace } from './draft-store.ts';
import { drafts, useDraft } from './drafts.ts';
import { questionTexts } from './question-texts.ts';
import { WorkflowDiff } from './workflow-diff.tsx';

type Answer = 'approve' | 'reject' | 'changes';
type EditPlan = (plan: PlanView, note: string) => void;

/** The open questions of a session, with their context and answers. */
export function Questions({
  session,
  onEditPlan,
}: {
  session: SessionDetail;
  onEditPlan: EditPlan;
}) {
  if (session.questions.length === 0) return null;
  return (
    <section aria-label="Questions" className="flex flex-col gap-2">
      {session.questions.map((question) => (
        <Question key={question.id} session={session} question={question} onEditPlan={onEditPlan} />
      ))}
    </section>
  );
}

/**
 * Work may be shortened, because the transcript has the rest; a plan is shown in full, because it is what gets
 * approved.
 */
function Question({
  session,
  question,
  onEditPlan,
}: {
  session: SessionDetail;
  question: QuestionView;
  onEditPlan: EditPlan;
}) {
  const noteField = useRef<HTMLTextAreaElement>(null);
  const name = agentName(session, question.agentId);
  const isPlan = question.kind === 'plan';
  const work = isPlan
    ? (session.agents.find(({ id }) => id === question.agentId)?.result ?? null)
    : question.work;
  const plan = isPlan ? session.plans.find(({ gateId }) => gateId === question.id) : undefined;
  const texts = questionTexts(question, (id) => agentName(session, id));
  const place = notePlace(session.id, question.id, texts.title);
  const [note, setNote] = useDraft(place);
  return (
    <article aria-label={texts.title} className="flex flex-col gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold text-lg">{texts.title}</h3>
        <span className="text-muted">{texts.waits}</span>
      </div>
      {question.prompt === null ? null : (
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{question.prompt}</p>
      )}
      {question.reason === null ? null : (
        <p className="text-muted [overflow-wrap:anywhere]">
          <MessageText text={question.reason} />
        </p>
      )}
      {work === null ? null : (
        <section
          aria-label={`${isPlan ? 'Plan' : 'Work'} of ${name}`}
          // A scrollable area must be reachable by keyboard.
          // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
          tabIndex={0}
          className="scroll-thin max-h-72 overflow-y-auto rounded-md border bg-sunken px-3 py-2"
        >
          <Markdown text={work} />
        </section>
      )}
      {question.kind === 'edits' ? <ProposedEdits session={session} /> : null}
      {question.kind === 'gate' ? (
        <AgentChanges session={session} agentId={question.agentId} />
      ) : null}
      <Field label="Note" hint={texts.noteHint}>
        <TextArea
          ref={noteField}
          rows={2}
          className="min-h-0"
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <AnswerButtons
        session={session}
        question={question}
        note={note}
        place={place}
        noteField={noteField}
        texts={texts}
        onEditPlan={plan === undefined ? null : () => onEditPlan(plan, note)}
      />
    </article>
  );
}

function AnswerButtons({
  session,
  question,
  note,
  place,
  noteField,
  texts,
  onEditPlan,
}: {
  session: SessionDetail;
  question: QuestionView;
  note: string;
  /** Where the note is kept until it is sent. */
  place: DraftPlace;
  noteField: RefObject<HTMLTextAreaElement | null>;
  texts: ReturnType<typeof questionTexts>;
  /** Null for questions without a plan. */
  onEditPlan: (() => void) | null;
}) {
  const answer = useAction('The answer was not accepted', (chosen: Answer) =>
    drafts.send(place, () =>
      api.answer(session.id, {
        question: question.id,
        answer: chosen,
        client: 'app',
        ...(!isBlank(note) && { note: note.trim() }),
      }),
    ),
  );
  return (
    <AnswerRow>
      <ActionButton
        tone="primary"
        disabled={answer.isPending}
        onClick={() => answer.mutate('approve')}
      >
        <Check aria-hidden size={14} /> {texts.approve}
      </ActionButton>
      {onEditPlan === null ? null : (
        <Button disabled={answer.isPending} onClick={onEditPlan}>
          <Pencil aria-hidden size={14} /> Edit plan
        </Button>
      )}
      {question.kind === 'condition' ? null : (
        <ActionButton
          disabled={answer.isPending}
          title={isBlank(note) ? 'Describe the changes in the note' : undefined}
          // Below long work the note is out of sight, so the button leads to it.
          onClick={() => (isBlank(note) ? noteField.current?.focus() : answer.mutate('changes'))}
        >
          <MessageSquareReply aria-hidden size={14} /> Ask for changes
        </ActionButton>
      )}
      <ActionButton disabled={answer.isPending} onClick={() => answer.mutate('reject')}>
        <X aria-hidden size={14} /> {texts.reject}
      </ActionButton>
      <span className="flex-1" />
      <Button
        tone="quiet"
        title={`Open ${agentName(session, question.agentId)}`}
        className="max-w-60 max-sm:hidden"
        onClick={() => navigate({ agent: question.agentId, tab: null })}
      >
        <span className="truncate">Open {agentName(session, question.agentId)}</span>
      </Button>
    </AnswerRow>
  );
}

/** The proposed edits, and why they need approval even if rounds do not pause. */
function ProposedEdits({ session: { enhance } }: { session: SessionDetail }) {
  const proposal = enhance?.proposal ?? null;
  if (proposal === null) return null;
  return (
    <>
      {proposal.approvalReasons.map((reason) => (
        <Callout key={reason} tone="warning" title={reason}>
          This always needs your approval.
        </Callout>
      ))}
      <WorkflowDiff changes={proposal.changes} />
    </>
  );
}

/** The agent's changes, on request. */
function AgentChanges({ session, agentId }: { session: SessionDetail; agentId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const agent = session.agents.find(({ id }) => id === agentId);
  if (agent === undefined || agent.branches.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      <div>
        <Button size="small" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Hide the changes' : 'Show the changes'}
        </Button>
      </div>
      {isOpen ? (
        <div className="flex h-96 flex-col overflow-hidden rounded-md border">
          <ChangesPanel session={session} agent={agent} />
        </div>
      ) : null}
    </div>
  );
}
