import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../design/button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { AddProvider } from './add-provider.tsx';
import { ProviderCard } from './provider-card.tsx';
import { useProviders } from './use-providers.ts';

/** All providers except Cursor Agent, which has its own section. */
export function ProviderList() {
  const providers = useProviders();
  const [open, setOpen] = useState<string | null>(null);
  const [isAdding, setIsAdding] = useState(false);
  const others = (providers.data?.items ?? []).filter(({ type }) => type !== 'cursor-agent');
  return (
    <section aria-label="Other providers" className="flex flex-col gap-3 border-t pt-6">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <h2 className="font-semibold text-lg">Other providers</h2>
          <p className="text-muted">
            Their agents run on this machine, with your own key. Workflows choose one by its id.
          </p>
        </div>
        {isAdding ? null : (
          <Button onClick={() => setIsAdding(true)}>
            <Plus aria-hidden size={14} /> Add provider
          </Button>
        )}
      </div>
      {isAdding ? (
        <AddProvider
          onClose={() => setIsAdding(false)}
          onAdded={(id) => {
            setIsAdding(false);
            setOpen(id);
          }}
        />
      ) : null}
      {providers.isError ? <Failure error={providers.error} /> : null}
      {providers.isPending ? (
        <p role="status" className="text-muted">
          Loading the providers…
        </p>
      ) : null}
      {providers.data !== undefined && others.length === 0 && !isAdding ? (
        <p className="rounded-lg border border-dashed p-4 text-muted">
          None yet. Add Anthropic, OpenAI Codex, or any server with an OpenAI-compatible API.
        </p>
      ) : null}
      <ul className="flex flex-col gap-2">
        {others.map((provider) => (
          <ProviderCard
            key={provider.id}
            provider={provider}
            isOpen={open === provider.id}
            onToggle={() => setOpen(open === provider.id ? null : provider.id)}
          />
        ))}
      </ul>
    </section>
  );
}
