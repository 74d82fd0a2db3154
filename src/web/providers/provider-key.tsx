import { useMutation } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import type { ProviderView } from '../../contract/providers.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ActionButton } from '../kernel/online.tsx';
import { Section } from '../settings/section.tsx';
import { CheckVerdict } from './check-verdict.tsx';
import { providerApi } from './provider-api.ts';
import { useRefreshProviders } from './use-providers.ts';

const sourceWords: Record<ProviderView['key']['source'], string> = {
  environment: 'from the environment, which takes precedence over a stored key',
  keychain: 'in the keychain of this machine',
  file: 'in a file that only you can read',
  rehearsal: 'Not needed: the rehearsal cloud answers for this provider',
  login: 'Your own login is used',
  unneeded: 'None: many servers of your own need none',
  none: 'No key is set',
};

/** The key of a provider: where it is, another one, and whether the provider takes it. */
export function ProviderKey({ provider }: { provider: ProviderView }) {
  const { id, name, key } = provider;
  const [text, setText] = useState('');
  const [needsConsent, setNeedsConsent] = useState(false);
  const refresh = useRefreshProviders();
  const validate = useMutation({
    mutationFn: () => providerApi.validate(id, text.trim() || undefined),
  });
  const save = useMutation({
    mutationFn: (store: 'keychain' | 'file') =>
      providerApi.saveKey(id, { key: text.trim(), store, consent: store === 'file' }),
    onSuccess: async () => {
      setText('');
      validate.reset();
      await refresh();
    },
    onError: (error) =>
      setNeedsConsent(error instanceof ApiError && error.code === 'keychain_unavailable'),
  });
  const clear = useMutation({ mutationFn: () => providerApi.clearKey(id), onSuccess: refresh });
  const isStored = key.source === 'keychain' || key.source === 'file';
  return (
    <Section
      title="API key"
      of={name}
      hint="It is used at once, and this page never shows it again."
    >
      <p className="[overflow-wrap:anywhere]">
        <KeyRound aria-hidden size={14} className="mr-2 inline text-muted" />
        {key.masked === null ? null : <code className="font-mono">{key.masked} </code>}
        {sourceWords[key.source]}
      </p>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') save.mutate('keychain');
        }}
      >
        <Field label={isStored ? 'Another key' : 'Key'} of={name} className="min-w-48 flex-1">
          <TextInput
            type="password"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <ActionButton disabled={validate.isPending} onClick={() => validate.mutate()}>
          {validate.isPending ? `Asking ${name}…` : 'Validate'}
        </ActionButton>
        <ActionButton type="submit" tone="primary" disabled={text.trim() === '' || save.isPending}>
          Save
        </ActionButton>
        {isStored ? (
          <ActionButton tone="quiet" disabled={clear.isPending} onClick={() => clear.mutate()}>
            <Trash2 aria-hidden size={14} /> Remove
          </ActionButton>
        ) : null}
      </form>
      {validate.data ? <CheckVerdict check={validate.data} /> : null}
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
