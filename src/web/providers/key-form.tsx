import { useMutation } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Field, TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { FileConsentDialog, type NewSecret, useSecretForm } from '../kernel/secret-form.tsx';

/** Stores, validates and removes a key. Asks before storing it in a file if there is no keychain. */
export function KeyForm<Answer>({
  context,
  target,
  isStored,
  validate: onValidate,
  renderResult,
  save: onSave,
  clear: onClear,
}: {
  /** Distinguishes this form from others on the screen. */
  context?: string;
  /** The service that validates the key. */
  target: string;
  isStored: boolean;
  /** Without an argument, validates the stored key. */
  validate: (key?: string) => Promise<Answer>;
  renderResult: (answer: Answer) => ReactNode;
  save: (key: NewSecret) => Promise<unknown>;
  clear: () => Promise<unknown>;
}) {
  const secret = useSecretForm((newSecret) => onSave(newSecret).then(() => validate.reset()));
  const validate = useMutation({ mutationFn: () => onValidate(secret.key || undefined) });
  const clear = useMutation({ mutationFn: onClear });
  return (
    <>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          secret.save();
        }}
      >
        <Field
          label={isStored ? 'Another key' : 'Key'}
          {...(context === undefined ? {} : { context })}
          className="min-w-40 flex-1"
        >
          <TextInput
            type="password"
            autoComplete="off"
            value={secret.text}
            onChange={(event) => secret.setText(event.target.value)}
          />
        </Field>
        <ActionButton disabled={validate.isPending} onClick={() => validate.mutate()}>
          {validate.isPending ? `Asking ${target}…` : 'Validate'}
        </ActionButton>
        <ActionButton type="submit" tone="primary" disabled={!secret.canSave}>
          Save
        </ActionButton>
        {isStored ? (
          <ActionButton tone="quiet" disabled={clear.isPending} onClick={() => clear.mutate()}>
            <Trash2 aria-hidden size={14} /> Remove
          </ActionButton>
        ) : null}
      </form>
      {validate.data ? renderResult(validate.data) : null}
      {[validate.error, clear.error, secret.error].map((error) =>
        error ? <Failure key={error.message} error={error} /> : null,
      )}
      <FileConsentDialog kind="key" consent={secret.consent} />
    </>
  );
}
