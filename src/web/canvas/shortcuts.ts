import { useEffect } from 'react';
import { reportFailure } from '../app/failure.tsx';
import { redoEdit, saveFile, undoEdit } from './editor.ts';

export const isMac = navigator.userAgent.includes('Mac');
export const shortcutOf = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`);

/** Fields undo their own typing while they have the focus, as everywhere else. */
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement;

export async function saveAndReport(): Promise<void> {
  const error = await saveFile();
  if (error !== null) reportFailure('The file was not saved', error);
}

/** Ctrl/Cmd+S saves, Ctrl/Cmd+Z undoes, with Shift (or Ctrl+Y) redoes. */
export function useEditorKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
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
