import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ActionButton } from '../kernel/online.tsx';

type NewKey = {
  readonly key: string;
  readonly store: 'keychain' | 'file';
  /** The person agreed to a file. */
  readonly consent: boolean;
};

/** Sets, checks and removes a key, and asks before it goes into a file where there is no keychain. */
export function KeyForm<Answer>({
  of,
  asked,
  isStored,
  validate: check,
  verdict,
  save: keep,
  clear: forget,
}: {
  /** What tells this form from others on the screen. */
  of?: string;
  /** Who is asked whether the key is valid. */
  asked: string;
  isStored: boolean;
  /** Without a key, the stored one. */
  validate: (key?: string) => Promise<Answer>;
  verdict: (answer: Answer) => ReactNode;
  save: (key: NewKey) => Promise<unknown>;
  clear: () => Promise<unknown>;
}) {
  const [text, setText] = useState('');
  const [needsConsent, setNeedsConsent] = useState(false);
  const key = text.trim();
  const validate = useMutation({ mutationFn: () => check(key || undefined) });
  const save = useMutation({
    mutationFn: (store: NewKey['store']) => keep({ key, store, consent: store === 'file' }),
    onSuccess: () => {
      setText('');
      validate.reset();
    },
    onError: (error) => setNeedsConsent(isAboutKeychain(error)),
  });
  const clear = useMutation({ mutationFn: forget });
  return (
    <>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (key !== '') save.mutate('keychain');
        }}
      >
        <Field
          label={isStored ? 'Another key' : 'Key'}
          {...(of === undefined ? {} : { of })}
          className="min-w-40 flex-1"
        >
          <TextInput
            type="password"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <ActionButton disabled={validate.isPending} onClick={() => validate.mutate()}>
          {validate.isPending ? `Asking ${asked}…` : 'Validate'}
        </ActionButton>
        <ActionButton type="submit" tone="primary" disabled={key === '' || save.isPending}>
          Save
        </ActionButton>
        {isStored ? (
          <ActionButton tone="quiet" disabled={clear.isPending} onClick={() => clear.mutate()}>
            <Trash2 aria-hidden size={14} /> Remove
          </ActionButton>
        ) : null}
      </form>
      {validate.data ? verdict(validate.data) : null}
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
    </>
  );
}

const isAboutKeychain = (error: Error) =>
  error instanceof ApiError &&
  (error.code === 'keychain_unavailable' || error.code === 'consent_needed');
