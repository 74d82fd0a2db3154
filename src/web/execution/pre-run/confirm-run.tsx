import type { PreflightView } from '../../../contract/preflight-views.ts';
import { cleanText } from '../../../lib/clean-text.ts';
import { ConfirmDialog } from '../../design/confirm-dialog.tsx';
import { MessageText } from '../../design/message-text.tsx';

type Confirmation = PreflightView['confirmations'][number];

/** One dialog for all confirmations that this run needs. */
export function ConfirmRun({
  open,
  confirmations,
  onConfirm,
  onClose,
}: {
  open: boolean;
  confirmations: readonly Confirmation[];
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { title, action } = dialogTexts(confirmations);
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={title}
      action={action}
      cancel="Do not run"
      tone="primary"
      onConfirm={onConfirm}
    >
      {confirmations.map((confirmation) => (
        <Question key={confirmation.kind} confirmation={confirmation} />
      ))}
    </ConfirmDialog>
  );
}

function dialogTexts(confirmations: readonly Confirmation[]): { title: string; action: string } {
  const everyKind = (isKind: (kind: Confirmation['kind']) => boolean) =>
    confirmations.every(({ kind }) => isKind(kind));
  if (everyKind((kind) => kind.startsWith('auto-create-pr')))
    return { title: 'Open pull requests?', action: 'Run and open pull requests' };
  if (everyKind((kind) => kind === 'trust-workflow'))
    return { title: 'Trust this workflow?', action: 'Trust and run' };
  return { title: 'Run the workflow?', action: 'Run' };
}

/** The text of a confirmation, line by line; what a workflow file would do is listed separately. */
function Question({ confirmation: { kind, message, content } }: { confirmation: Confirmation }) {
  return (
    <section
      aria-label={kind === 'trust-workflow' ? 'Trust' : 'Question'}
      className="flex flex-col gap-1"
    >
      {message.split('\n').map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a message do not move.
        <QuestionLine key={index} line={cleanText(line)} />
      ))}
      {kind !== 'trust-workflow' || content === undefined ? null : (
        <p className="text-sm">
          You are asked again when this changes. Content{' '}
          <code className="font-mono" title={`SHA-256 ${content}`}>
            {content.slice(0, 12)}
          </code>
        </p>
      )}
    </section>
  );
}

function QuestionLine({ line }: { line: string }) {
  if (line.startsWith('- ')) return <p className="mt-1 font-medium text-ink">{line.slice(2)}</p>;
  if (line.startsWith('    '))
    return (
      <code className="rounded-sm bg-sunken px-2 py-0.5 font-mono text-ink text-sm">
        {line.trim()}
      </code>
    );
  return (
    <p>
      <MessageText text={line} />
    </p>
  );
}
