import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button, buttonClass } from './button.tsx';
import { classNames } from './class-names.ts';

/** Asks before an action that cannot be undone. The cancel button has the focus. */
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
          <AlertDialog.Description render={<div />} className="-mx-5 mt-2 flex min-h-0 flex-col">
            <Body>{children}</Body>
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

/** Shows when it can be scrolled, so that nobody confirms what they have not seen. */
function Body({ children }: { children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  const [isOverflowing, setIsCut] = useState(false);
  useEffect(() => {
    const element = body.current;
    if (element === null) return;
    const observer = new ResizeObserver(() =>
      setIsCut(element.scrollHeight > element.clientHeight),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={body}
      // A scrollable area must be reachable by keyboard.
      tabIndex={isOverflowing ? 0 : undefined}
      className={classNames(
        'scroll-thin flex min-h-0 flex-col gap-2 overflow-y-auto px-5 text-muted [overflow-wrap:anywhere]',
        isOverflowing &&
          'after:-mt-2 after:pointer-events-none after:sticky after:bottom-0 after:h-8 after:shrink-0 after:bg-linear-to-t after:from-surface after:to-transparent border-y py-2 pb-0',
      )}
    >
      {children}
    </div>
  );
}
