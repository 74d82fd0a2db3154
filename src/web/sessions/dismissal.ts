import { useQueryClient } from '@tanstack/react-query';
import { api } from '../app/api.ts';
import { reportFailure } from '../app/failure.tsx';
import { queryKeys } from '../app/queries.ts';
import { count } from '../design/format.ts';
import { showToast } from '../design/toasts.tsx';

/** Takes sessions off the list, with a way back. Nothing is deleted. */
export function useDismissal() {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: queryKeys.sessions });
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const restore = async (ids: readonly string[]) => {
    try {
      for (const id of ids) await api.restore(id);
    } catch (error) {
      reportFailure('Not every session came back', error);
    }
    refresh();
  };
  const run = async (ask: () => Promise<{ dismissed: string[] }>) => {
    try {
      const { dismissed } = await ask();
      showToast({
        title:
          dismissed.length === 0
            ? 'There was nothing to dismiss'
            : `Dismissed ${count(dismissed.length, 'session')}`,
        ...(dismissed.length > 0 && {
          description: 'Artifacts and records stay.',
          action: { label: 'Undo', run: () => void restore(dismissed) },
        }),
      });
    } catch (error) {
      reportFailure('Nothing was dismissed', error);
    }
    refresh();
  };
  return {
    dismiss: (ids: readonly string[]) => void run(() => api.dismiss(ids)),
    dismissSettled: () => void run(api.dismissSettled),
    restore: (id: string) => void restore([id]),
  };
}
