import { useEffect } from 'react';
import { currentRoute, navigate, openExecution } from '../kernel/route.ts';
import { shortcutKey } from '../kernel/shortcut-key.ts';
import { isTyping } from '../kernel/typing.ts';

/** Ctrl/Cmd+R runs, Ctrl/Cmd+O opens a file, Ctrl/Cmd+comma opens the settings, ? shows all shortcuts. */
export function useGlobalKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Read now: a key may follow a change of the route sooner than an effect does.
      const { file, dialog } = currentRoute();
      if (event.key === '?' && dialog === null && !isTyping(event.target)) {
        event.preventDefault();
        return navigate({ dialog: 'shortcuts' });
      }
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      const key = shortcutKey(event);
      // On the home screen there is nothing to run, so the browser's reload keeps working.
      if (key === 'r' && file !== null) {
        event.preventDefault();
        if (dialog === null) openExecution(null);
      } else if (key === 'o' && dialog === null) {
        event.preventDefault();
        navigate({ file: null });
        setTimeout(() => document.getElementById('open-file-path')?.focus());
      } else if (key === ',' && dialog === null) {
        event.preventDefault();
        navigate({ dialog: 'settings' });
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
