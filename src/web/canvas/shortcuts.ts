import { type KeyboardEvent as ReactKeyboardEvent, useEffect } from 'react';
import { reportFailure } from '../kernel/failure.tsx';
import { shortcutKey } from '../kernel/shortcut-key.ts';
import { isTyping } from '../kernel/typing.ts';
import { redoEdit, saveFile, undoEdit } from './editor.ts';

export async function saveAndReport(): Promise<void> {
  const error = await saveFile();
  if (error !== null) reportFailure('The file could not be saved', error);
}

/** Ctrl/Cmd+S saves, Ctrl/Cmd+Z undoes, with Shift (or Ctrl+Y) redoes. */
export function useEditorKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = shortcutKey(event);
      if (key === 's') {
        event.preventDefault();
        void saveAndReport();
      } else if (key === 'z' && !isTyping(event.target)) {
        event.preventDefault();
        if (event.shiftKey) redoEdit();
        else undoEdit();
      } else if (key === 'y' && !isTyping(event.target)) {
        event.preventDefault();
        redoEdit();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** Enter selects the focused agent or connection, which opens its panel; the focus moves there. */
export function focusPanelOnEnter(event: ReactKeyboardEvent): void {
  const isOnDrawing =
    event.target instanceof Element && event.target.matches('.react-flow__node, .react-flow__edge');
  if (event.key !== 'Enter' || !isOnDrawing) return;
  setTimeout(() =>
    document.querySelector<HTMLElement>('aside :is(input, select, textarea)')?.focus(),
  );
}
