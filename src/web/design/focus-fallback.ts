import { type RefObject, useEffect } from 'react';

/**
 * Moves the focus to the dialog when the focused control is removed or disabled. Otherwise the next Tab would start
 * behind the dialog.
 */
export function useFocusFallback(popup: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const restoreFocus = () => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      // A confirmation above it has the focus and returns it when it closes.
      if (isLost && document.querySelector('[role=alertdialog]') === null) popup.current?.focus();
    };
    let frame = 0;
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(restoreFocus);
    });
    if (popup.current !== null)
      observer.observe(popup.current, {
        childList: true,
        subtree: true,
        attributeFilter: ['disabled'],
      });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [popup]);
}
