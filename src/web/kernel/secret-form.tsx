import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';

export type NewSecret = {
  readonly key: string;
  readonly store: 'keychain' | 'file';
  /** The user agreed to store it in a file. */
  readonly consent: boolean;
};

/**
 * State of a form for a secret, which is stored in the keychain or, if that is unavailable and the user agrees, in a
 * file.
 */
export function useSecretForm(onSave: (secret: NewSecret) => Promise<unknown>) {
  const [text, setText] = useState('');
  const [needsConsent, setNeedsConsent] = useState(false);
  const key = text.trim();
  const save = useMutation({
    mutationFn: (store: NewSecret['store']) => onSave({ key, store, consent: store === 'file' }),
    onSuccess: () => setText(''),
    onError: (error) =>
      setNeedsConsent(error instanceof ApiError && error.code === 'keychain_unavailable'),
  });
  return {
    text,
    setText,
    key,
    canSave: key !== '' && !save.isPending,
    save: () => {
      if (key !== '') save.mutate('keychain');
    },
    error: needsConsent ? null : save.error,
    consent: {
      open: needsConsent,
      onClose: () => setNeedsConsent(false),
      onConfirm: () => save.mutate('file'),
    },
  };
}

/** Asks before a secret is stored in a file. */
export function FileConsentDialog({
  kind,
  consent,
}: {
  kind: 'key' | 'value';
  consent: ReturnType<typeof useSecretForm>['consent'];
}) {
  return (
    <ConfirmDialog
      {...consent}
      title={`Store the ${kind} in a file?`}
      action="Store in a file"
      cancel="Do not save"
      tone="primary"
    >
      <p>
        The keychain of this machine cannot be used. A file with mode 0600 works everywhere, but
        every program that you run can read it.
      </p>
    </ConfirmDialog>
  );
}
