import type { PreflightView } from '../../contract/preflight-views.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { MessageText } from '../design/message-text.tsx';

type Confirmation = PreflightView['confirmations'][number];

/** Asks everything that has to be confirmed before this run, in one go. */
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
  const { title, action } = wordsFor(confirmations);
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

function wordsFor(confirmations: readonly Confirmation[]): { title: string; action: string } {
  const are = (isKind: (kind: Confirmation['kind']) => boolean) =>
    confirmations.every(({ kind }) => isKind(kind));
  if (are((kind) => kind.startsWith('auto-create-pr')))
    return { title: 'Open pull requests?', action: 'Run and open pull requests' };
  if (are((kind) => kind === 'trust-workflow'))
    return { title: 'Trust this workflow?', action: 'Trust and run' };
  return { title: 'Run the workflow?', action: 'Run' };
}

/** What the daemon asks, line by line: what a workflow file would do stands in a list of its own. */
function Question({ confirmation: { kind, message, content } }: { confirmation: Confirmation }) {
  return (
    <section
      aria-label={kind === 'trust-workflow' ? 'Trust' : 'Question'}
      className="flex flex-col gap-1"
    >
      {message.split('\n').map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a message do not move.
        <QuestionLine key={place} line={cleanText(line)} />
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
