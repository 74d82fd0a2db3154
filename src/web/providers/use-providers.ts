import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ProviderView } from '../../contract/providers.ts';
import { CURSOR_PROVIDER, withDefaultProvider } from '../../workflow/placement.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { useModels } from '../kernel/queries.ts';
import { providerApi } from './provider-api.ts';

const keys = { list: ['providers'], harnesses: ['harnesses'] } as const;
const pollIntervalMs = 1_000;

export const useProviders = () => useQuery({ queryKey: keys.list, queryFn: providerApi.list });

/** Polled only during a download. */
export const useHarnesses = () =>
  useQuery({
    queryKey: keys.harnesses,
    queryFn: providerApi.harnesses,
    refetchInterval: ({ state }) =>
      state.data?.items.some((harness) => harness.state === 'fetching') ? pollIntervalMs : false,
  });

/** Refetches everything that depends on providers. */
export function useRefreshProviders() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      [keys.list, keys.harnesses, ['preflight'], ['problems']].map((queryKey) =>
        client.invalidateQueries({ queryKey }),
      ),
    );
}

export const useProviderModels = (id: string | null) =>
  useQuery({
    queryKey: ['provider-models', id],
    queryFn: () => providerApi.models(id ?? ''),
    enabled: id !== null && id !== CURSOR_PROVIDER,
    staleTime: 600_000,
    retry: false,
  });

/** Resolves a reference to a provider in a workflow: an id, or a type, for which the default or first entry is used. */
export function findProvider(
  items: readonly ProviderView[],
  reference: string,
): ProviderView | undefined {
  const ofType = items.filter(({ type }) => type === reference);
  return (
    items.find(({ id }) => id === reference) ??
    ofType.find(({ isDefault }) => isDefault) ??
    ofType[0]
  );
}

/** The referenced provider, with its models if they are known. */
export function useProvider(reference: string) {
  const { data } = useProviders();
  const provider = findProvider(data?.items ?? [], reference);
  const isCursor = reference === CURSOR_PROVIDER;
  const cursorModels = useModels();
  const otherModels = useProviderModels(isCursor ? null : (provider?.id ?? null));
  return { provider, models: (isCursor ? cursorModels : otherModels).data?.items };
}

/** The workflow as it would run on this machine, with the default provider filled in. */
export function useResolvedWorkflow(workflow: Workflow): Workflow {
  const { data } = useProviders();
  const defaultId = data?.items.find(({ isDefault }) => isDefault)?.id;
  return useMemo(() => withDefaultProvider(workflow, defaultId), [workflow, defaultId]);
}
