import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { Button, buttonClass } from './button.tsx';

/** Asks before something that cannot be taken back. The harmless answer has the focus. */
export function ConfirmDialog({
  title,
  children,
  action,
  cancel = 'Keep',
  tone = 'danger',
  open,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ReactNode;
  action: string;
  cancel?: string;
  tone?: 'danger' | 'primary';
  open: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-60 bg-shade" />
        <AlertDialog.Popup className="fade-in -translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-60 flex max-h-[calc(100dvh-48px)] w-[440px] max-w-[calc(100vw-48px)] flex-col rounded-lg border bg-surface p-5 shadow-2">
          <AlertDialog.Title className="font-semibold text-lg">{title}</AlertDialog.Title>
          <AlertDialog.Description
            render={<div />}
            className="scroll-thin mt-2 flex min-h-0 flex-col gap-2 overflow-y-auto text-muted [overflow-wrap:anywhere]"
          >
            {children}
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close className={buttonClass('plain')}>{cancel}</AlertDialog.Close>
            <Button
              tone={tone}
              onClick={() => {
                onConfirm();
                onClose();
              }}
            >
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
