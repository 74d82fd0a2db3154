import { useMutation } from '@tanstack/react-query';
import { Star, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ProviderView } from '../../contract/providers.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { providerApi } from './provider-api.ts';
import { useRefreshProviders } from './use-providers.ts';

/** Makes a provider the default, or removes it. The daemon rejects it if the provider is in use. */
export function ProviderActions({ provider }: { provider: ProviderView }) {
  const { id, name, isDefault, isBuiltin } = provider;
  const [isRemoving, setIsRemoving] = useState(false);
  const refresh = useRefreshProviders();
  const makeDefault = useMutation({
    mutationFn: () => providerApi.makeDefault(id),
    onSuccess: refresh,
  });
  const remove = useMutation({ mutationFn: () => providerApi.remove(id), onSuccess: refresh });
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {isDefault ? null : (
          <ActionButton disabled={makeDefault.isPending} onClick={() => makeDefault.mutate()}>
            <Star aria-hidden size={14} /> Set as default
          </ActionButton>
        )}
        {isBuiltin ? null : (
          <ActionButton
            tone="quiet"
            disabled={remove.isPending}
            onClick={() => setIsRemoving(true)}
          >
            <Trash2 aria-hidden size={14} /> Remove provider
          </ActionButton>
        )}
      </div>
      {[makeDefault.error, remove.error].map((error) =>
        error ? <Failure key={error.message} error={error} /> : null,
      )}
      <ConfirmDialog
        open={isRemoving}
        onClose={() => setIsRemoving(false)}
        title={`Remove ${name}?`}
        action="Remove"
        cancel="Keep it"
        tone="danger"
        onConfirm={() => remove.mutate()}
      >
        <p>Its key is removed from this machine, too. Sessions that have ended stay as they are.</p>
      </ConfirmDialog>
    </div>
  );
}
