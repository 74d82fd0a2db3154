import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { CornerDownRight } from 'lucide-react';
import { useId } from 'react';
import type { ProviderView } from '../../contract/providers.ts';
import { providerOf } from '../../workflow/placement.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { classNames } from '../design/class-names.ts';
import { Field, type FieldProblem } from '../design/field.tsx';
import { useLicense } from '../kernel/queries.ts';
import { UpgradeCard } from '../settings/upgrade-card.tsx';
import { findProvider, useProviders } from './use-providers.ts';

const inheritValue = '';

/** The provider of an agent: inherited from the workflow, or its own. */
export function ProviderChips({
  workflow: { settings },
  agent,
  problems,
  onChange,
}: {
  workflow: Workflow;
  agent: Agent;
  problems: readonly FieldProblem[];
  onChange: (value: string | undefined) => void;
}) {
  const id = useId();
  const { data } = useProviders();
  const { data: license } = useLicense();
  const items = data?.items ?? [];
  const isGated = license?.canOverrideProviders === false;
  const reference = providerOf({}, settings);
  const inherited = findProvider(items, reference)?.name ?? reference;
  const chosen = agent.providerId;
  const isUnknown = chosen !== undefined && !items.some((one) => one.id === chosen);
  return (
    <Field label="Provider" problems={problems}>
      <RadioGroup
        aria-label="Provider"
        value={chosen ?? inheritValue}
        onValueChange={(value) => onChange(value === inheritValue ? undefined : String(value))}
        className="flex flex-wrap gap-1.5"
      >
        <Chip id={id} value={inheritValue} label={`Inherit (${inherited})`}>
          <CornerDownRight aria-hidden size={12} className="shrink-0" />
          Inherit <span className="text-muted">{inherited}</span>
        </Chip>
        {items.map((provider) => (
          <Chip
            key={provider.id}
            id={id}
            value={provider.id}
            label={provider.name}
            isDisabled={isGated && chosen !== provider.id}
          >
            {provider.name}
            {isUsable(provider) ? null : <span className="text-warn">not ready</span>}
          </Chip>
        ))}
        {isUnknown ? (
          <Chip id={id} value={chosen} label={chosen}>
            {findProvider(items, chosen)?.name ?? chosen}
            <span className="text-muted">{chosen}</span>
          </Chip>
        ) : null}
      </RadioGroup>
      {isGated ? <UpgradeCard feature="Separate providers for agents" /> : null}
    </Field>
  );
}

const isUsable = ({ problem, needs }: ProviderView): boolean => problem === null && needs === null;

function Chip({
  id,
  value,
  label,
  isDisabled = false,
  children,
}: {
  id: string;
  value: string;
  label: string;
  isDisabled?: boolean;
  children: React.ReactNode;
}) {
  return (
    <span
      className={classNames(
        'relative inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full border border-line-strong px-2.5 text-sm has-[[data-checked]]:border-accent has-[[data-checked]]:bg-accent-soft has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent',
        isDisabled ? 'opacity-50' : 'hover:bg-hover',
      )}
    >
      <Radio.Root
        id={`${id}-${value}`}
        value={value}
        disabled={isDisabled}
        aria-label={label}
        className="absolute inset-0 rounded-full outline-none"
      />
      <span aria-hidden className="flex min-w-0 items-center gap-1.5 [overflow-wrap:anywhere]">
        {children}
      </span>
    </span>
  );
}
