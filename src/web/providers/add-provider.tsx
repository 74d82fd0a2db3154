import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AddProviderBody } from '../../contract/providers.ts';
import { providerTypeNames } from '../../workflow/providers.ts';
import { Button } from '../design/button.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { RadioCards } from '../design/radio-cards.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { providerApi } from './provider-api.ts';
import { useRefreshProviders } from './use-providers.ts';

type Type = Exclude<AddProviderBody['type'], 'cursor-agent'>;

const hints: Readonly<Record<Type, string>> = {
  anthropic: 'Claude models, with Claude Code or a light loop.',
  codex: 'OpenAI’s models, with Codex.',
  'openai-compatible': 'Any server with Chat Completions: OpenAI, Ollama, vLLM, OpenRouter, …',
};

/** Adds a provider; everything else can be set afterwards. */
export function AddProvider({
  onClose,
  onAdded,
}: {
  onClose: () => void;
  onAdded: (id: string) => void;
}) {
  const [type, setType] = useState<Type>('anthropic');
  const [name, setName] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const refresh = useRefreshProviders();
  const add = useMutation({
    mutationFn: () =>
      providerApi.add({
        type,
        ...(name.trim() !== '' && { name: name.trim() }),
        ...(baseUrl.trim() !== '' && { baseUrl: baseUrl.trim() }),
      }),
    onSuccess: async ({ id }) => {
      await refresh();
      onAdded(id);
    },
  });
  return (
    <form
      aria-label="Add provider"
      className="flex flex-col gap-3 rounded-lg border border-line-strong p-4"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <RadioCards
        label="Type"
        value={type}
        onChange={setType}
        choices={(['anthropic', 'codex', 'openai-compatible'] as const).map((value) => ({
          value,
          label: providerTypeNames[value],
          hint: hints[value],
        }))}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Name" hint="Optional. The id is derived from it.">
          <TextInput
            value={name}
            placeholder={providerTypeNames[type]}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {type === 'openai-compatible' ? (
          <Field label="Address" hint="Address of the API, including the version.">
            <TextInput
              value={baseUrl}
              placeholder="http://localhost:11434/v1"
              onChange={(event) => setBaseUrl(event.target.value)}
            />
          </Field>
        ) : null}
      </div>
      <div className="flex gap-2">
        <ActionButton type="submit" tone="primary" disabled={add.isPending}>
          Add
        </ActionButton>
        <Button onClick={onClose}>Cancel</Button>
      </div>
      {add.error ? <Failure error={add.error} /> : null}
    </form>
  );
}
