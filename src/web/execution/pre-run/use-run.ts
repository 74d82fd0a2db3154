import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PreflightView } from '../../../contract/preflight-views.ts';
import { newSessionId } from '../../../contract/session-id.ts';
import { isBlank } from '../../../lib/blank.ts';
import type { Workflow } from '../../../workflow/schema.ts';
import { api } from '../../kernel/api.ts';
import { openExecution } from '../../kernel/route.ts';
import { useDebounced } from '../../kernel/use-debounced.ts';

/** The input of a run, its preflight, and the mutation that starts it. */
export function useRun(workflow: Workflow, path: string, onlyAgentId: string | null) {
  const [input, setInput] = useState('');
  // One id while the dialog is open: pressing Run again after a lost response starts nothing twice.
  const [sessionId] = useState(newSessionId);
  const [folder, setFolder] = useState('');
  const debouncedFolder = useDebounced(folder.trim());
  const request = {
    workflow,
    path,
    ...(onlyAgentId !== null && { onlyAgentId }),
    ...(debouncedFolder !== '' && { folder: debouncedFolder }),
  };
  const preflight = useQuery({
    queryKey: ['preflight', request],
    queryFn: () => api.preflight(request),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });
  const start = useMutation({
    mutationFn: (confirmations: PreflightView['confirmations']) =>
      api.start({
        ...request,
        sessionId,
        confirmed: confirmations.map(({ kind }) => kind),
        confirmedContent: Object.fromEntries(
          confirmations.flatMap(({ kind, content }) =>
            content === undefined ? [] : [[kind, content]],
          ),
        ),
        ...(!isBlank(input) && { input }),
      }),
    onSuccess: (started) => openExecution(started.sessionId),
    // The required confirmations may have changed.
    onError: () => void preflight.refetch(),
  });
  const isPreflightCurrent = !preflight.isPlaceholderData && folder.trim() === debouncedFolder;
  const canStart = preflight.data?.canStart === true && isPreflightCurrent;
  return { input, setInput, folder, setFolder, preflight, start, canStart };
}
