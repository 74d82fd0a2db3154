import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { classNames } from './class-names.ts';
import { useFocusFallback } from './focus-fallback.ts';
import { IconButton } from './icon-button.tsx';

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
  /** Next to the title: status or filters. */
  header?: ReactNode;
  footer?: ReactNode;
  /** Focused at first; the dialog itself by default. */
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
};

/** A modal dialog. Escape, the close button and a click outside close it and restore the focus. */
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
          // Focus on the first button would open its tooltip over the content.
          initialFocus={initialFocus ?? popup}
          className={classNames(
            'fade-in -translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-48px)] max-w-[calc(100vw-48px)] flex-col',
            'overflow-hidden rounded-lg border bg-surface shadow-2 outline-none',
            // On a small screen it covers everything.
            'max-sm:top-0 max-sm:left-0 max-sm:h-dvh max-sm:max-h-none max-sm:w-full max-sm:max-w-none max-sm:translate-none max-sm:rounded-none max-sm:border-0',
            'sm:short:top-0 sm:short:h-dvh sm:short:max-h-none sm:short:translate-y-0',
            widths[width],
          )}
        >
          <FocusFallback popup={popup} />
          <div className="flex min-h-12 shrink-0 items-center gap-3 border-b px-4 py-1">
            <BaseDialog.Title className="shrink-0 font-semibold text-lg">{title}</BaseDialog.Title>
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">{header}</div>
            <BaseDialog.Close render={<IconButton label="Close" icon={X} />} />
          </div>
          {/* In a low window everything scrolls as one. */}
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

/** Rendered inside the popup, so that the element exists when the effect runs. */
function FocusFallback({ popup }: { popup: RefObject<HTMLElement | null> }) {
  useFocusFallback(popup);
  return null;
}
