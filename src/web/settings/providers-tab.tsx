import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { cloudAtStart, cloudName } from '../../contract/cloud-name.ts';
import { ApiError } from '../../contract/errors.ts';
import type { CredentialView } from '../../contract/views.ts';
import { CURSOR_PROVIDER } from '../../workflow/placement.ts';
import { Callout } from '../design/callout.tsx';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { ActionButton } from '../kernel/online.tsx';
import { queryKeys, useBackend, useCredentials, useStatus } from '../kernel/queries.ts';
import { providerApi } from '../providers/provider-api.ts';
import { DefaultBadge } from '../providers/provider-card.tsx';
import { ProviderList } from '../providers/provider-list.tsx';
import { useProviders, useRefreshProviders } from '../providers/use-providers.ts';
import { Detect } from './detect.tsx';
import { Section } from './section.tsx';
import { SmokeTest } from './smoke-test.tsx';

/** Cursor Agent step by step: is it there, whose key is it, does it work. Then the other providers of the library. */
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

const sourceWords: Record<CredentialView['source'], string> = {
  environment: 'from the environment variable CURSOR_API_KEY',
  keychain: 'in the keychain of this machine',
  file: 'in a file that only you can read',
  rehearsal: 'not needed for the rehearsal cloud',
  none: 'No key is set',
};

function Key({ credential }: { credential: CredentialView }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [needsConsent, setNeedsConsent] = useState(false);
  const cloud = cloudName(useBackend());
  const keep = (next: CredentialView) => {
    client.setQueryData(queryKeys.credentials, next);
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  const validate = useMutation({
    mutationFn: () => api.validateCredentials(key.trim() || undefined),
    onSuccess: ({ credential: next }) => {
      if (key.trim() === '') keep(next);
    },
  });
  const save = useMutation({
    mutationFn: (store: 'keychain' | 'file') =>
      api.saveCredentials({ key: key.trim(), store, consent: store === 'file' }),
    onSuccess: (next) => {
      setKey('');
      validate.reset();
      keep(next);
    },
    onError: (error) => setNeedsConsent(isAboutKeychain(error)),
  });
  const clear = useMutation({ mutationFn: api.clearCredentials, onSuccess: keep });
  const isStored = credential.source === 'keychain' || credential.source === 'file';

  return (
    <Section title="API key" hint="From cursor.com/dashboard. This page never shows it again.">
      <p>
        <KeyRound aria-hidden size={14} className="mr-2 inline text-muted" />
        {credential.masked === null ? null : (
          <code className="font-mono">{credential.masked} </code>
        )}
        {sourceWords[credential.source]}
      </p>
      <Account credential={credential} />
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '') save.mutate('keychain');
        }}
      >
        <Field label={isStored ? 'Another key' : 'Key'} className="flex-1">
          <TextInput
            type="password"
            autoComplete="off"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </Field>
        <ActionButton disabled={validate.isPending} onClick={() => validate.mutate()}>
          {validate.isPending ? `Asking ${cloud}…` : 'Validate'}
        </ActionButton>
        <ActionButton type="submit" tone="primary" disabled={key.trim() === '' || save.isPending}>
          Save
        </ActionButton>
        {isStored ? (
          <ActionButton tone="quiet" disabled={clear.isPending} onClick={() => clear.mutate()}>
            <Trash2 aria-hidden size={14} /> Remove
          </ActionButton>
        ) : null}
      </form>
      {validate.data ? <Verdict {...validate.data} /> : null}
      {[validate.error, clear.error, needsConsent ? null : save.error].map((error) =>
        error ? <Failure key={error.message} error={error} /> : null,
      )}
      <ConfirmDialog
        open={needsConsent}
        onClose={() => setNeedsConsent(false)}
        title="Store the key in a file?"
        action="Store in a file"
        cancel="Do not save"
        tone="primary"
        onConfirm={() => save.mutate('file')}
      >
        <p>
          The keychain of this machine cannot be used. A file with mode 0600 works everywhere, but
          every program that you run can read it.
        </p>
      </ConfirmDialog>
    </Section>
  );
}

const isAboutKeychain = (error: Error) =>
  error instanceof ApiError &&
  (error.code === 'keychain_unavailable' || error.code === 'consent_needed');

function Account({ credential }: { credential: CredentialView }) {
  // The rehearsal cloud asks for no key, so where one would be kept is no trouble of anybody's yet.
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

function Verdict({ isValid, credential }: { isValid: boolean; credential: CredentialView }) {
  const cloud = cloudAtStart(useBackend());
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
