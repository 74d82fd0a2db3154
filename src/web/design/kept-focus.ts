import { type RefObject, useEffect } from 'react';

/**
 * Gives the focus to a dialog when the control that had it is taken away or switched off, as a button for what cannot
 * be done anymore: the next Tab would otherwise begin somewhere behind the dialog.
 */
export function useKeptFocus(popup: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const keep = () => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      // A question above it has the focus for itself, and gives it back when it is answered.
      if (isLost && document.querySelector('[role=alertdialog]') === null) popup.current?.focus();
    };
    let frame = 0;
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(keep);
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
