import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, Minus } from 'lucide-react';
import { useState } from 'react';
import type { LicenseView } from '../../contract/daemon-views.ts';
import { classNames } from '../design/class-names.ts';
import { Field, TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { queryKeys, useLicense } from '../kernel/queries.ts';
import { Section } from './section.tsx';

const tierLabels: Record<LicenseView['tier'], string> = {
  trial: 'Trial',
  free: 'Free',
  paid: 'Paid',
};

/** The license tier and its key. */
export function SubscriptionTab() {
  const license = useLicense();
  if (license.isError) return <Failure error={license.error} />;
  if (license.data === undefined) return <p className="text-muted">Loading the license…</p>;
  return (
    <div className="flex flex-col gap-6">
      <Tier license={license.data} />
      <LicenseKey license={license.data} />
    </div>
  );
}

function Tier({ license }: { license: LicenseView }) {
  return (
    <div className="rounded-lg border p-4">
      <h2 className="font-semibold text-xl">{tierLabels[license.tier]}</h2>
      <p className="mt-1 text-muted">{license.reason}</p>
      {license.holder === null ? null : (
        <p className="mt-1 text-muted">Licensed to {license.holder}</p>
      )}
      <ul aria-label="Features" className="mt-3 flex flex-col gap-1.5 border-t pt-3">
        <Feature name="Cursor cloud runs" isIncluded={license.canStartCloudRuns} />
        <Feature name="Loop & Enhance" isIncluded={license.canUseLoopAndEnhance} />
        <Feature name="Separate providers for agents" isIncluded={license.canOverrideProviders} />
        <Feature name="MCP servers" isIncluded={license.canUseMcpServers} />
      </ul>
    </div>
  );
}

function Feature({ name, isIncluded }: { name: string; isIncluded: boolean }) {
  const Icon = isIncluded ? Check : Minus;
  return (
    <li className="flex items-center gap-2">
      <Icon
        aria-hidden
        size={14}
        className={classNames('shrink-0', isIncluded ? 'text-ok' : 'text-muted')}
      />
      <span className={classNames('flex-1', !isIncluded && 'text-muted')}>{name}</span>
      <span className="text-muted text-sm">{isIncluded ? 'Included' : 'Not included'}</span>
    </li>
  );
}

function LicenseKey({ license }: { license: LicenseView }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const updateLicense = (next: LicenseView) => {
    setKey('');
    client.setQueryData(queryKeys.license, next);
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const activate = useMutation({
    mutationFn: () => api.activateLicense(key.trim()),
    onSuccess: updateLicense,
  });
  const deactivate = useMutation({ mutationFn: api.deactivateLicense, onSuccess: updateLicense });
  return (
    <Section title="License key" hint="Keys are checked on this machine; no server is contacted.">
      {license.key === null ? null : (
        <div className="flex items-center gap-3">
          <code className="font-mono">{license.key}</code>
          <ActionButton disabled={deactivate.isPending} onClick={() => deactivate.mutate()}>
            Deactivate on this machine
          </ActionButton>
        </div>
      )}
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') activate.mutate();
        }}
      >
        <Field label={license.key === null ? 'Key' : 'Another key'} className="flex-1">
          <TextInput
            autoComplete="off"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </Field>
        <ActionButton
          type="submit"
          tone="primary"
          disabled={key.trim() === '' || activate.isPending}
        >
          Activate
        </ActionButton>
      </form>
      {activate.isError ? <Failure error={activate.error} /> : null}
      {deactivate.isError ? <Failure error={deactivate.error} /> : null}
    </Section>
  );
}
