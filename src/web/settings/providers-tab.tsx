import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, KeyRound } from 'lucide-react';
import { capitalizedCloudName, cloudName } from '../../contract/cloud-name.ts';
import type { CredentialView } from '../../contract/daemon-views.ts';
import { CURSOR_PROVIDER } from '../../workflow/placement.ts';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { queryKeys, useBackend, useCredentials, useStatus } from '../kernel/queries.ts';
import { KeyForm } from '../providers/key-form.tsx';
import { providerApi } from '../providers/provider-api.ts';
import { DefaultBadge } from '../providers/provider-card.tsx';
import { ProviderList } from '../providers/provider-list.tsx';
import { useProviders, useRefreshProviders } from '../providers/use-providers.ts';
import { Detect } from './detect.tsx';
import { Section } from './section.tsx';
import { SmokeTest } from './smoke-test.tsx';

/** Setup of Cursor Agent (detection, key, smoke test), then the other providers. */
export function ProvidersTab() {
  const credentials = useCredentials();
  const { data: status } = useStatus();
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h2 className="flex items-center gap-2 font-semibold text-lg">
          Cursor Agent <CursorDefault />
        </h2>
        <p className="text-muted">
          {status?.backend.kind === 'rehearsal'
            ? 'The rehearsal cloud is in use; it needs no key and costs nothing.'
            : 'Runs agents on this machine or on Cursor’s VMs, billed to your Cursor subscription.'}
        </p>
      </div>
      <Detect />
      {credentials.isError ? <Failure error={credentials.error} /> : null}
      {credentials.data === undefined ? null : <Key credential={credentials.data} />}
      <SmokeTest />
      <ProviderList />
    </div>
  );
}

function CursorDefault() {
  const { data } = useProviders();
  const refresh = useRefreshProviders();
  const makeDefault = useMutation({
    mutationFn: () => providerApi.makeDefault(CURSOR_PROVIDER),
    onSuccess: refresh,
  });
  const cursor = data?.items.find(({ id }) => id === CURSOR_PROVIDER);
  if (cursor === undefined) return null;
  if (cursor.isDefault) return <DefaultBadge />;
  return (
    <ActionButton size="small" onClick={() => makeDefault.mutate()}>
      Set as default
    </ActionButton>
  );
}

const sourceTexts: Record<CredentialView['source'], string> = {
  environment: 'from the environment variable CURSOR_API_KEY',
  keychain: 'in the keychain of this machine',
  file: 'in a file that only you can read',
  rehearsal: 'Not needed for the rehearsal cloud',
  none: 'No key is set',
};

function Key({ credential }: { credential: CredentialView }) {
  const client = useQueryClient();
  const cloud = cloudName(useBackend());
  const updateCredential = (next: CredentialView) => {
    client.setQueryData(queryKeys.credentials, next);
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const validate = async (key?: string) => {
    const result = await api.validateCredentials(key);
    if (key === undefined) updateCredential(result.credential);
    return result;
  };
  const isStored = credential.source === 'keychain' || credential.source === 'file';

  return (
    <Section title="API key" hint="From cursor.com/dashboard. This page never shows it again.">
      <p>
        <KeyRound aria-hidden size={14} className="mr-2 inline text-muted" />
        {credential.masked === null ? null : (
          <code className="font-mono">{credential.masked} </code>
        )}
        {sourceTexts[credential.source]}
      </p>
      <Account credential={credential} />
      <KeyForm
        target={cloud}
        isStored={isStored}
        validate={validate}
        renderResult={(result) => <ValidationResult {...result} />}
        save={(key) => api.saveCredentials(key).then(updateCredential)}
        clear={() => api.clearCredentials().then(updateCredential)}
      />
    </Section>
  );
}

function Account({ credential }: { credential: CredentialView }) {
  // The rehearsal cloud needs no key, so problems with storing one do not matter.
  if (credential.error !== null && credential.source !== 'rehearsal')
    return (
      <Callout tone="error" title={credential.error.message}>
        {credential.error.suggestion}
      </Callout>
    );
  const { account } = credential;
  if (account === null) return null;
  return (
    <p className="text-muted">
      Key “{account.keyName}” of {account.userName ?? account.userEmail ?? 'a service account'}
      {account.userName !== null && account.userEmail !== null ? `, ${account.userEmail}` : ''}
    </p>
  );
}

function ValidationResult({
  isValid,
  credential,
}: {
  isValid: boolean;
  credential: CredentialView;
}) {
  const cloud = capitalizedCloudName(useBackend());
  if (!isValid)
    return (
      <Callout
        tone="error"
        title={credential.error?.message ?? `${cloud} does not accept this key.`}
      >
        {credential.error?.suggestion}
      </Callout>
    );
  return (
    <div role="status" className="flex items-center gap-2 text-ok">
      <CircleCheck aria-hidden size={16} />
      <span>
        Valid: key “{credential.account?.keyName}” of{' '}
        {credential.account?.userEmail ?? credential.account?.userName ?? 'a service account'}
      </span>
    </div>
  );
}
