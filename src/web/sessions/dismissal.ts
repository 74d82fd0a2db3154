import { useQueryClient } from '@tanstack/react-query';
import type { DismissBody } from '../../contract/requests.ts';
import { plural } from '../../lib/format.ts';
import { showToast } from '../design/toasts.tsx';
import { api } from '../kernel/api.ts';
import { reportFailure } from '../kernel/failure.tsx';
import { queryKeys } from '../kernel/queries.ts';
import { forgetRestored, storeDismissal } from './dismissal-history.ts';

/** Dismisses sessions, with undo. Nothing is deleted. */
export function useDismissal() {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: queryKeys.sessions });
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const restore = async (ids: readonly string[]) => {
    try {
      const { restored } = await api.restore(ids);
      forgetRestored(restored);
      if (ids.length > 1)
        showToast({ title: `${plural(restored.length, 'session')} restored`, key });
    } catch (error) {
      reportFailure('Not all sessions could be restored', error);
    }
    refresh();
  };
  const dismiss = async (body: DismissBody) => {
    try {
      const { dismissed } = await api.dismiss(body);
      if (dismissed.length > 0) storeDismissal({ ids: dismissed, at: new Date().toISOString() });
      showToast({
        title:
          dismissed.length === 0
            ? 'There are no sessions to dismiss'
            : `Dismissed ${plural(dismissed.length, 'session')}`,
        key,
        ...(dismissed.length > 0 && {
          description: 'Artifacts and records are kept.',
          action: { label: 'Undo', run: () => void restore(dismissed) },
        }),
      });
    } catch (error) {
      reportFailure('Not all sessions could be dismissed', error);
    }
    refresh();
  };
  return {
    dismiss: (body: DismissBody) => void dismiss(body),
    restore: (ids: readonly string[]) => void restore(ids),
  };
}

/** One toast for all of them: a new one replaces the one before. */
const key = 'dismissal';
