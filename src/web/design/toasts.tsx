import { Toast } from '@base-ui/react/toast';
import { CircleCheck, CircleX, Hand, type LucideIcon, X } from 'lucide-react';
import { appAdvice } from './app-advice.ts';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { MessageText } from './message-text.tsx';

const toasts = Toast.createToastManager();

/** `error`: something that was just asked for did not work, and is said at once; `failed`: something else failed. */
export type ToastTone = 'plain' | 'success' | 'attention' | 'failed' | 'error';

export type ToastMessage = {
  title: string;
  /** What happened, or several such things; what to do about it stands below, on a line of its own. */
  description?: string | readonly string[] | undefined;
  suggestion?: string | undefined;
  tone?: ToastTone;
  action?: { label: string; run: () => void };
  /** A message with the key of one that is shown takes its place. */
  key?: string;
  onGone?: () => void;
};

/** Shows a short message; the optional action is offered once (undo, open, retry). */
export function showToast(message: ToastMessage): void {
  const { title, description, suggestion, tone = 'plain', action, key, onGone } = message;
  const id = toasts.add({
    ...(key !== undefined && { id: key }),
    title,
    description: (
      <Description what={description} suggestion={suggestion} isWhole={tone === 'error'} />
    ),
    type: tone,
    priority: tone === 'error' ? 'high' : 'low',
    timeout: tone === 'error' || action ? 10_000 : 5_000,
    ...(onGone && { onRemove: onGone }),
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

/** Takes away the message with this key, if it is shown. */
export const closeToast = (key: string): void => toasts.close(key);

/** What failed is said whole; the rest in one line, for it stands elsewhere too. */
function Description({
  what,
  suggestion,
  isWhole,
}: {
  what: ToastMessage['description'];
  suggestion: string | undefined;
  isWhole: boolean;
}) {
  return (
    <>
      {typeof what === 'string' ? (
        <span className={isWhole ? 'line-clamp-4' : 'block truncate'}>
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
          <MessageText text={appAdvice(suggestion)} />
        </span>
      )}
    </>
  );
}

/**
 * The messages stand over the middle of the top edge, where titles are and nothing is pressed: never over a list's
 * actions, a form's buttons or the foot of a dialog. An older one waits behind the newest, and both are seen whole
 * while the pointer or the focus is on them.
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

const marks: Record<ToastTone, { icon: LucideIcon; ink: string; box: string } | null> = {
  plain: null,
  success: { icon: CircleCheck, ink: 'text-ok', box: '' },
  attention: { icon: Hand, ink: 'text-danger', box: 'border-danger' },
  failed: { icon: CircleX, ink: 'text-danger', box: 'border-danger' },
  error: { icon: CircleX, ink: 'text-danger', box: 'border-danger' },
};

// What was put in is a ToastTone; Base UI keeps it as a word.
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
        marks[toneOf(toast.type)]?.box,
      )}
    >
      <Toast.Content className="fade-in flex items-start gap-2 data-behind:not-data-expanded:opacity-0">
        <ToneMark tone={toneOf(toast.type)} />
        <div className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">
          <Toast.Title className="font-medium text-base" />
          <Toast.Description className="text-muted" render={<div />} />
        </div>
        {/* It takes the toast's `actionProps` by itself; given a second time, a press would act twice. */}
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

function ToneMark({ tone }: { tone: ToastTone }) {
  const mark = marks[tone];
  if (mark === null) return null;
  const Icon = mark.icon;
  return <Icon aria-hidden size={16} className={classNames('mt-1 shrink-0', mark.ink)} />;
}
