import { Check } from 'lucide-react';
import { useRef, useState } from 'react';
import type { PlanView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatShortcut } from '../design/shortcut.ts';
import { ActionButton, useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { notePlace } from './draft-places.ts';
import { drafts } from './drafts.ts';
import { deletePlanDraft, readPlanDraft, storePlanDraft } from './plan-draft.ts';
import { PlanPanes } from './plan-panes.tsx';

type PlanEditorProps = {
  session: SessionDetail;
  plan: PlanView;
  /** The note written next to the question; it is sent with the approval. */
  note: string;
  onClose: () => void;
};

/** Edits the plan of an agent and approves it as edited. */
export function PlanEditor({ session, plan, note, onClose }: PlanEditorProps) {
  const { agentId, gateId, proposed } = plan;
  const name = agentName(session, agentId);
  const [text, setText] = useState(() => readPlanDraft(session.id, gateId) ?? proposed);
  const [isConfirmingDiscard, setIsConfirmingDiscard] = useState(false);
  const latestText = useRef(text);
  const textarea = useRef<HTMLTextAreaElement>(null);
  const isOffline = useIsOffline();
  const isDirty = text !== proposed;
  // It may be answered in another window meanwhile; the text here stays.
  const isOpen = session.questions.some(({ id }) => id === gateId);
  const discardAndClose = () => {
    deletePlanDraft(session.id, gateId);
    onClose();
  };
  const approve = useAction('The plan was not approved', async () => {
    await drafts.send(notePlace(session.id, gateId, name), () =>
      api.answer(session.id, {
        question: gateId,
        answer: 'approve',
        plan: text,
        client: 'app',
        ...(!isBlank(note) && { note: note.trim() }),
      }),
    );
    // What was typed meanwhile was not sent, so it stays to be copied.
    if (latestText.current === text) discardAndClose();
  });
  const canApprove = isOpen && !isBlank(text) && !approve.isPending && !isOffline;
  const change = (next: string) => {
    setText(next);
    latestText.current = next;
    if (next === proposed) deletePlanDraft(session.id, gateId);
    else storePlanDraft(session.id, gateId, next);
  };
  return (
    <Dialog
      title="Edit plan"
      open
      onClose={() => (isDirty ? setIsConfirmingDiscard(true) : discardAndClose())}
      width="large"
      initialFocus={textarea}
      header={
        <span title={name} className="min-w-0 truncate text-muted">
          {name}
        </span>
      }
      footer={
        <>
          <span role="status" className="mr-auto text-muted">
            {statusText(text, isDirty)}
          </span>
          <Button onClick={() => (isDirty ? setIsConfirmingDiscard(true) : discardAndClose())}>
            Cancel
          </Button>
          <ActionButton
            tone="primary"
            title={formatShortcut('Enter')}
            disabled={!canApprove}
            onClick={() => approve.mutate()}
          >
            <Check aria-hidden size={14} /> {isDirty ? 'Approve edited plan' : 'Approve'}
          </ActionButton>
        </>
      }
    >
      {isOpen ? null : <AlreadyAnswered session={session} gateId={gateId} />}
      <PlanPanes
        textarea={textarea}
        name={name}
        proposed={proposed}
        text={text}
        onChange={change}
        onSubmit={() => canApprove && approve.mutate()}
      />
      {isBlank(note) ? null : (
        <p className="shrink-0 truncate border-t px-4 py-2 text-muted text-sm" title={note}>
          Sent with your note: {note}
        </p>
      )}
      <ConfirmDialog
        open={isConfirmingDiscard}
        onClose={() => setIsConfirmingDiscard(false)}
        title="Discard your changes?"
        action="Discard changes"
        cancel="Keep editing"
        onConfirm={discardAndClose}
      >
        <p>
          {isOpen
            ? 'The plan stays as the agent proposed it, and still waits for your answer.'
            : 'The plan was already answered.'}
        </p>
      </ConfirmDialog>
    </Dialog>
  );
}

function statusText(text: string, isDirty: boolean): string {
  if (isBlank(text)) return 'The plan is empty. Write what the agent is to do, or reject it.';
  return isDirty ? 'Edited' : 'Not changed yet';
}

/** Shown when the plan was already answered, or when the session no longer waits for it. */
function AlreadyAnswered({ session, gateId }: { session: SessionDetail; gateId: string }) {
  const answered = session.plans.find((plan) => plan.gateId === gateId && plan.answer !== null);
  const title =
    answered === undefined
      ? 'The session no longer waits for this plan'
      : `The plan was already answered: ${answers[answered.answer ?? 'approve']} (${answered.by})`;
  return (
    <div className="shrink-0 px-4 pt-3">
      <Callout tone="warning" title={title}>
        Your text is still here, so that you can copy it.
      </Callout>
    </div>
  );
}

const answers = { approve: 'approved', reject: 'rejected', changes: 'changes were requested' };
