import { ApiError } from '../../contract/errors.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { showToast } from '../design/toasts.tsx';

/** What a person should read about something that did not work. */
export function explain(error: unknown): { message: string; suggestion?: string | undefined } {
  if (error instanceof ApiError) return { message: error.message, suggestion: error.suggestion };
  return {
    message: error instanceof Error ? error.message : String(error),
    suggestion: 'This is a bug in Cerevisor. Reload the page; nothing that was saved is lost.',
  };
}

/** Tells about a failed action where it has no place of its own on the screen. */
export function reportFailure(title: string, error: unknown): void {
  const { message, suggestion } = explain(error);
  showToast({ title, description: message, suggestion, tone: 'error' });
}

/** As many failures as are told of one by one. */
const mostTold = 4;

/** Tells about failures of one kind in a single message; the next with this key takes its place. */
export function reportFailures(title: string, errors: readonly unknown[], key: string): void {
  const told = errors.map(explain);
  const messages = told.map(({ message }) => message);
  const advice = new Set(told.map(({ suggestion }) => suggestion));
  const rest = messages.length - mostTold;
  showToast({
    title,
    key,
    tone: 'error',
    description:
      messages.length === 1
        ? messages[0]
        : [...messages.slice(0, mostTold), ...(rest > 0 ? [`And ${rest} more.`] : [])],
    // What helps with one of them alone would be wrong about the others.
    suggestion: advice.size === 1 ? told[0]?.suggestion : undefined,
  });
}

/** Stands where something should be that could not be read. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, suggestion } = explain(error);
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
