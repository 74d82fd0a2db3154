import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

const toasts = Toast.createToastManager();

export type ToastTone = 'plain' | 'error';

/** Shows a short message; the optional action is offered once (undo, open, retry). */
export function showToast(message: {
  title: string;
  description?: string | undefined;
  tone?: ToastTone;
  action?: { label: string; run: () => void };
}): void {
  const { title, description, tone = 'plain', action } = message;
  const id = toasts.add({
    title,
    description,
    type: tone,
    priority: tone === 'error' ? 'high' : 'low',
    timeout: tone === 'error' || action ? 10_000 : 5_000,
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

export function ToastArea() {
  return (
    <Toast.Provider toastManager={toasts} limit={4}>
      <Toast.Portal>
        <Toast.Viewport
          aria-label="Messages"
          className="fixed right-4 bottom-10 z-70 flex w-90 flex-col gap-2 outline-none"
        >
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      swipeDirection="right"
      className={classNames(
        'fade-in rounded-lg border bg-raised p-3 shadow-2 data-limited:hidden',
        toast.type === 'error' && 'border-danger',
      )}
    >
      <Toast.Content className="flex items-start gap-2">
        <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          <Toast.Title className="font-medium text-base" />
          <Toast.Description className="text-muted" />
        </div>
        {toast.actionProps ? (
          <Toast.Action render={<Button size="small" />} {...toast.actionProps} />
        ) : null}
        <Toast.Close
          aria-label="Dismiss notification"
          className="rounded-sm p-1 text-muted hover:bg-hover"
        >
          <X aria-hidden size={12} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
