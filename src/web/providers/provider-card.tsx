import { ChevronDown, ChevronRight, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ProviderView } from '../../contract/providers.ts';
import { providerTypeNames } from '../../workflow/providers.ts';
import { toAppSuggestion } from '../design/app-suggestion.ts';
import { Callout } from '../design/callout.tsx';
import { HarnessDownload } from './harness-download.tsx';
import { ProviderActions } from './provider-actions.tsx';
import { ProviderChecks } from './provider-checks.tsx';
import { ProviderFields } from './provider-fields.tsx';
import { ProviderKey } from './provider-key.tsx';

/** A provider with its readiness; expands to all its settings. */
export function ProviderCard({
  provider,
  isOpen,
  onToggle,
}: {
  provider: ProviderView;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className="rounded-lg border bg-surface">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="flex w-full items-center gap-3 rounded-lg px-3 py-2.5 text-left hover:bg-hover"
      >
        <Chevron aria-hidden size={16} className="shrink-0 text-muted" />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2">
            <span className="font-semibold [overflow-wrap:anywhere]">{provider.name}</span>
            {provider.isDefault ? <DefaultBadge /> : null}
          </span>
          <span className="block truncate text-muted text-sm">{summaryOf(provider)}</span>
        </span>
        <Readiness provider={provider} />
      </button>
      {isOpen ? <Details provider={provider} /> : null}
    </li>
  );
}

export const DefaultBadge = () => (
  <span className="rounded-sm bg-accent-soft px-1.5 text-accent text-xs">Default</span>
);

function summaryOf({ id, type, name, defaultModel, baseUrl }: ProviderView): string {
  const typeName = providerTypeNames[type];
  const parts = [id, ...(typeName === name ? [] : [typeName]), defaultModel, baseUrl];
  return parts.filter((part) => part !== null).join(' · ');
}

function Readiness({ provider: { problem, needs } }: { provider: ProviderView }) {
  const label =
    needs !== null
      ? 'To be fetched'
      : problem?.code === 'unauthorized'
        ? 'No key'
        : problem !== null
          ? 'Not usable'
          : null;
  if (label === null)
    return (
      <span className="flex shrink-0 items-center gap-1 text-ok text-sm">
        <CircleCheck aria-hidden size={14} /> Ready
      </span>
    );
  return (
    <span className="flex shrink-0 items-center gap-1 text-sm text-warn">
      <TriangleAlert aria-hidden size={14} /> {label}
    </span>
  );
}

function Details({ provider }: { provider: ProviderView }) {
  const { problem, needs } = provider;
  return (
    <div className="flex flex-col gap-5 border-t p-4">
      {problem === null || needs !== null ? null : (
        <Callout
          tone={problem.code === 'unauthorized' ? 'notice' : 'error'}
          title={problem.message}
        >
          {problem.suggestion === undefined ? null : toAppSuggestion(problem.suggestion)}
        </Callout>
      )}
      <HarnessDownload provider={provider} />
      <ProviderFields key={provider.id} provider={provider} />
      {provider.loginFolder === null ? <ProviderKey provider={provider} /> : null}
      <ProviderChecks provider={provider} />
      <ProviderActions provider={provider} />
    </div>
  );
}
