import { ApiError } from '../../contract/errors.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { showToast } from '../design/toasts.tsx';

/** The message and suggestion to show for any error. An error without a code is a bug. */
export function explainError(error: unknown): { message: string; suggestion?: string | undefined } {
  if (error instanceof ApiError) return { message: error.message, suggestion: error.suggestion };
  return {
    message: error instanceof Error ? error.message : String(error),
    suggestion: 'This is a bug in Cerevisor. Reload the page; nothing that was saved is lost.',
  };
}

/** Shows a failed action as a toast, where the screen has no place for it. */
export function reportFailure(title: string, error: unknown): void {
  const { message, suggestion } = explainError(error);
  showToast({ title, description: message, suggestion, tone: 'error' });
}

/** How many messages one toast lists. */
const maxListedFailures = 4;

/** Shows several failures of one kind in a single toast, which replaces an earlier one with the same key. */
export function reportFailures(title: string, errors: readonly unknown[], key: string): void {
  const explanations = errors.map(explainError);
  const messages = explanations.map(({ message }) => message);
  const advice = new Set(explanations.map(({ suggestion }) => suggestion));
  const rest = messages.length - maxListedFailures;
  showToast({
    title,
    key,
    tone: 'error',
    description:
      messages.length === 1
        ? messages[0]
        : [...messages.slice(0, maxListedFailures), ...(rest > 0 ? [`And ${rest} more.`] : [])],
    // A suggestion is shown only if it applies to all of them.
    suggestion: advice.size === 1 ? explanations[0]?.suggestion : undefined,
  });
}

/** An inline error in place of content that could not be loaded. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, suggestion } = explainError(error);
  return (
    <Callout
      tone="error"
      title={message}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {suggestion}
    </Callout>
  );
}
