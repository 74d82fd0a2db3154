import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';
import { useKeptFocus } from './kept-focus.ts';

const widths = {
  small: 'w-[440px]',
  medium: 'w-[720px]',
  large: 'w-[1080px]',
  full: 'w-[max(1600px,60vw)] h-[calc(100dvh-48px)]',
};

export type DialogProps = {
  title: string;
  open: boolean;
  onClose: () => void;
  width?: keyof typeof widths;
  /** Next to the title: state, filters. */
  header?: ReactNode;
  footer?: ReactNode;
  /** What has the focus at first; the dialog itself by default. */
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** A modal dialog; Escape, the cross and a press outside close it and give the focus back. */
export function Dialog({
  title,
  open,
  onClose,
  width = 'medium',
  header,
  footer,
  initialFocus,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <BaseDialog.Popup
          ref={popup}
          // On the first button, the focus would open its tooltip over what one came to read.
          initialFocus={initialFocus ?? popup}
          className={classNames(
            'fade-in -translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-48px)] max-w-[calc(100vw-48px)] flex-col',
            'overflow-hidden rounded-lg border bg-surface shadow-2 outline-none',
            // On a small screen there is no room for what lies behind it.
            'max-sm:top-0 max-sm:left-0 max-sm:h-dvh max-sm:max-h-none max-sm:w-full max-sm:max-w-none max-sm:translate-none max-sm:rounded-none max-sm:border-0',
            'sm:short:top-0 sm:short:h-dvh sm:short:max-h-none sm:short:translate-y-0',
            widths[width],
          )}
        >
          <KeptFocus popup={popup} />
          <div className="flex min-h-12 shrink-0 items-center gap-3 border-b px-4 py-1">
            <BaseDialog.Title className="shrink-0 font-semibold text-lg">{title}</BaseDialog.Title>
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">{header}</div>
            <BaseDialog.Close render={<IconButton label="Close" icon={X} />} />
          </div>
          {/* Where little height is left, all of it scrolls as one. */}
          <div className="flex min-h-0 flex-1 flex-col short:overflow-y-auto">{children}</div>
          {footer === undefined ? null : (
            <div className="flex shrink-0 items-center justify-end gap-2 border-t bg-ground px-4 py-3">
              {footer}
            </div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** Lives inside the popup, so that there is something to observe when it begins. */
function KeptFocus({ popup }: { popup: RefObject<HTMLElement | null> }) {
  useKeptFocus(popup);
  return null;
}
