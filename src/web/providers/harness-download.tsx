import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { HarnessView, ProviderView } from '../../contract/providers.ts';
import { formatSize } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { providerApi } from './provider-api.ts';
import { useHarnesses, useRefreshProviders } from './use-providers.ts';

/** The harness of a provider, if it is not installed yet, with the progress of its download. */
export function HarnessDownload({ provider: { needs } }: { provider: ProviderView }) {
  const harnesses = useHarnesses();
  const client = useQueryClient();
  const refresh = useRefreshProviders();
  const harness = harnesses.data?.items.find(({ name }) => name === needs);
  const isInstalled = harness?.state === 'installed';
  const latestRefresh = useRef(refresh);
  latestRefresh.current = refresh;
  useEffect(() => {
    if (isInstalled) void latestRefresh.current();
  }, [isInstalled]);
  const withHarness = (act: (name: HarnessView['name']) => Promise<HarnessView>) => async () => {
    if (harness === undefined) return;
    await act(harness.name);
    await client.invalidateQueries({ queryKey: ['harnesses'] });
  };
  const download = useMutation({ mutationFn: withHarness(providerApi.fetchHarness) });
  const cancellation = useMutation({ mutationFn: withHarness(providerApi.cancelFetch) });
  if (needs === null || harness === undefined) return null;
  return (
    <section aria-label={`Program ${harness.title}`} className="flex flex-col gap-2">
      <h3 className="font-semibold">{harness.title}</h3>
      {harness.state === 'fetching' ? (
        <Progress harness={harness} onCancel={() => cancellation.mutate()} />
      ) : (
        <>
          <p className="text-muted">
            Runs the agents and is not part of Cerevisor. Version {harness.version} is fetched with
            npm into Cerevisor’s home folder, about {formatSize(harness.totalBytes)}, and checked
            against its checksum.
          </p>
          <ActionButton
            className="self-start"
            tone="primary"
            disabled={download.isPending}
            onClick={() => download.mutate()}
          >
            <Download aria-hidden size={14} /> Fetch {harness.title}
          </ActionButton>
          {harness.error === null ? null : (
            <Callout tone="error" title={harness.error.message}>
              {harness.error.suggestion}
            </Callout>
          )}
        </>
      )}
      {[download.error, cancellation.error].map((error) =>
        error ? <Failure key={error.message} error={error} /> : null,
      )}
    </section>
  );
}

function Progress({ harness, onCancel }: { harness: HarnessView; onCancel: () => void }) {
  const { title, totalBytes } = harness;
  const done = harness.doneBytes ?? 0;
  const percent = Math.min(99, Math.floor((done / totalBytes) * 100));
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="min-w-48 flex-1">
        <div
          role="progressbar"
          aria-label={`Fetching ${title}`}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
          className="h-1.5 overflow-hidden rounded-full bg-sunken"
        >
          <div className="h-full rounded-full bg-accent" style={{ width: `${percent}%` }} />
        </div>
        <p className="mt-1 text-muted text-sm tabular-nums">
          {formatSize(done)} of about {formatSize(totalBytes)}
        </p>
      </div>
      <Button size="small" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
