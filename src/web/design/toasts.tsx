import { Toast } from '@base-ui/react/toast';
import { CircleCheck, CircleX, Hand, type LucideIcon, X } from 'lucide-react';
import { toAppSuggestion } from './app-suggestion.ts';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { MessageText } from './message-text.tsx';

const toasts = Toast.createToastManager();

/** `error`: an action of the user failed, and is announced at once. `failed`: something else failed. */
export type ToastTone = 'plain' | 'success' | 'attention' | 'failed' | 'error';

export type ToastMessage = {
  title: string;
  /** One or several messages; the suggestion stands below them on its own line. */
  description?: string | readonly string[] | undefined;
  suggestion?: string | undefined;
  tone?: ToastTone;
  action?: { label: string; run: () => void };
  /** Replaces a shown toast with the same key. */
  key?: string;
  onRemove?: () => void;
};

/** Shows a toast. Its optional action (undo, open, retry) can be used once. */
export function showToast(message: ToastMessage): void {
  const { title, description, suggestion, tone = 'plain', action, key, onRemove } = message;
  const id = toasts.add({
    ...(key !== undefined && { id: key }),
    title,
    description: (
      <Description what={description} suggestion={suggestion} isComplete={tone === 'error'} />
    ),
    type: tone,
    priority: tone === 'error' ? 'high' : 'low',
    timeout: tone === 'error' || action ? 10_000 : 5_000,
    ...(onRemove && { onRemove: onRemove }),
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          action.run();
          toasts.close(id);
        },
      },
    }),
  });
}

/** Closes the toast with this key, if it is shown. */
export const closeToast = (key: string): void => toasts.close(key);

/** An error is shown in full; other messages in one line, because they are shown elsewhere too. */
function Description({
  what,
  suggestion,
  isComplete,
}: {
  what: ToastMessage['description'];
  suggestion: string | undefined;
  isComplete: boolean;
}) {
  return (
    <>
      {typeof what === 'string' ? (
        <span className={isComplete ? 'line-clamp-4' : 'block truncate'}>
          <MessageText text={what} />
        </span>
      ) : (
        what?.map((each) => (
          <span key={each} title={each} className="line-clamp-2">
            <MessageText text={each} />
          </span>
        ))
      )}
      {suggestion === undefined ? null : (
        <span className="mt-1 block">
          <MessageText text={toAppSuggestion(suggestion)} />
        </span>
      )}
    </>
  );
}

/**
 * Toasts appear at the top center, where they cover titles but no controls. An older one is stacked behind the newest;
 * both expand while they are hovered or focused.
 */
export function ToastArea() {
  return (
    <Toast.Provider toastManager={toasts} limit={2}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label="Messages"
          className="-translate-x-1/2 fixed top-2 left-1/2 z-70 w-104 outline-none max-lg:left-42 max-lg:w-86 max-lg:translate-x-0 max-md:right-14 max-md:left-2 max-md:w-auto"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

const toneStyles: Record<ToastTone, { icon: LucideIcon; ink: string; box: string } | null> = {
  plain: null,
  success: { icon: CircleCheck, ink: 'text-ok', box: '' },
  attention: { icon: Hand, ink: 'text-danger', box: 'border-danger' },
  failed: { icon: CircleX, ink: 'text-danger', box: 'border-danger' },
  error: { icon: CircleX, ink: 'text-danger', box: 'border-danger' },
};

// `add` above sets only a ToastTone; Base UI types it as string.
const toneOf = (type: string | undefined): ToastTone => (type ?? 'plain') as ToastTone;

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={['up', 'right', 'left']}
      className={classNames(
        'absolute inset-x-0 top-0 rounded-lg border bg-raised py-2 pr-2 pl-3 shadow-2 transition-transform data-limited:hidden',
        'has-data-behind:not-data-expanded:h-(--toast-frontmost-height) overflow-hidden',
        'z-[calc(10-var(--toast-index))] origin-bottom translate-y-[calc(var(--toast-index)*0.5rem)] scale-x-[calc(1-var(--toast-index)*0.04)]',
        'data-expanded:translate-y-[calc(var(--toast-offset-y)+var(--toast-index)*0.5rem)] data-expanded:scale-x-100',
        toneStyles[toneOf(toast.type)]?.box,
      )}
    >
      <Toast.Content className="fade-in flex items-start gap-2 data-behind:not-data-expanded:opacity-0">
        <ToneIcon tone={toneOf(toast.type)} />
        <div className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">
          <Toast.Title className="font-medium text-base" />
          <Toast.Description className="text-muted" render={<div />} />
        </div>
        {/* It takes the toast's `actionProps` itself; passed twice, a click would run the action twice. */}
        {toast.actionProps ? <Toast.Action render={<Button size="small" />} /> : null}
        <Toast.Close
          aria-label="Dismiss notification"
          className="flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover"
        >
          <X aria-hidden size={14} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

function ToneIcon({ tone }: { tone: ToastTone }) {
  const mark = toneStyles[tone];
  if (mark === null) return null;
  const Icon = mark.icon;
  return <Icon aria-hidden size={16} className={classNames('mt-1 shrink-0', mark.ink)} />;
}
