import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LicenseView } from '../../contract/daemon-views.ts';
import { Field, TextInput } from '../design/field.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { ActionButton } from '../kernel/online.tsx';
import { queryKeys, useLicense } from '../kernel/queries.ts';
import { Section } from './section.tsx';

const tierWords: Record<LicenseView['tier'], string> = {
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
      <h2 className="font-semibold text-xl">{tierWords[license.tier]}</h2>
      <p className="mt-1 text-muted">{license.reason}</p>
      <p className="mt-1">
        Cursor cloud runs: {license.canStartCloudRuns ? 'included' : 'not included'}
      </p>
      <p>
        Separate providers for agents: {license.canOverrideProviders ? 'included' : 'not included'}
      </p>
      <p>Loop &amp; Enhance: {license.canUseLoopAndEnhance ? 'included' : 'not included'}</p>
      <p>MCP servers: {license.canUseMcpServers ? 'included' : 'not included'}</p>
      {license.holder === null ? null : (
        <p className="mt-1 text-muted">Licensed to {license.holder}</p>
      )}
    </div>
  );
}

function LicenseKey({ license }: { license: LicenseView }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const keep = (next: LicenseView) => {
    setKey('');
    client.setQueryData(queryKeys.license, next);
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const activate = useMutation({
    mutationFn: () => api.activateLicense(key.trim()),
    onSuccess: keep,
  });
  const deactivate = useMutation({ mutationFn: api.deactivateLicense, onSuccess: keep });
  return (
    <Section title="License key">
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
