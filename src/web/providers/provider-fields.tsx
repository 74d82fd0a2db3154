import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChangeProviderBody, ProviderView } from '../../contract/providers.ts';
import { Field, NativeSelect, TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ModelField } from './model-field.tsx';
import { providerApi } from './provider-api.ts';
import { useHarnesses, useProviderModels, useRefreshProviders } from './use-providers.ts';

type Draft = {
  readonly name: string;
  readonly baseUrl: string;
  readonly defaultModel: string;
  readonly harness: NonNullable<ProviderView['harness']>;
  readonly program: string;
  readonly loginFolder: string;
};

const draftOf = (provider: ProviderView): Draft => ({
  name: provider.name,
  baseUrl: provider.baseUrl ?? '',
  defaultModel: provider.defaultModel ?? '',
  harness: provider.harness ?? 'claude-agent-sdk',
  program: provider.program?.path ?? '',
  loginFolder: provider.loginFolder ?? '',
});

/** The editable fields of a provider, saved together. */
export function ProviderFields({ provider }: { provider: ProviderView }) {
  const [draft, setDraft] = useState(() => draftOf(provider));
  const models = useProviderModels(provider.id);
  const refresh = useRefreshProviders();
  const save = useMutation({
    mutationFn: () => providerApi.change(provider.id, createChange(provider, draft)),
    onSuccess: async (changed) => {
      setDraft(draftOf(changed));
      await refresh();
    },
  });
  const set = (field: keyof Draft) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [field]: event.target.value });
  const isChanged = Object.keys(createChange(provider, draft)).length > 0;
  const usesHarness = provider.type === 'codex' || isClaude(provider, draft);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Name">
          <TextInput value={draft.name} onChange={set('name')} />
        </Field>
        <ModelField
          label="Default model"
          hint="For agents that name none."
          models={models.data?.items}
          value={draft.defaultModel}
          placeholder="The provider’s own"
          onChange={(defaultModel) => setDraft({ ...draft, defaultModel })}
        />
        <Field label="Address" hint="Address of the API. If empty, the provider’s own is used.">
          <TextInput
            value={draft.baseUrl}
            placeholder={addresses[provider.type]}
            onChange={set('baseUrl')}
          />
        </Field>
        {provider.type === 'anthropic' ? (
          <Field
            label="Harness"
            hint="Claude Code is more capable; the light loop needs no download."
          >
            <NativeSelect value={draft.harness} onChange={set('harness')}>
              <option value="claude-agent-sdk">Claude Code</option>
              <option value="own-loop">Cerevisor’s light loop</option>
            </NativeSelect>
          </Field>
        ) : null}
        {usesHarness ? (
          <>
            <Program provider={provider} value={draft.program} onChange={set('program')} />
            <Field
              label="Folder of your own login"
              hint="The folder with your login for this program, used instead of a key."
            >
              <TextInput
                value={draft.loginFolder}
                placeholder={provider.type === 'codex' ? '/home/me/.codex' : '/home/me/.claude'}
                onChange={set('loginFolder')}
              />
            </Field>
          </>
        ) : null}
      </div>
      {isChanged ? (
        <ActionButton
          type="submit"
          tone="primary"
          className="self-start"
          disabled={save.isPending || draft.name.trim() === ''}
        >
          Save changes
        </ActionButton>
      ) : null}
      {save.error ? <Failure error={save.error} /> : null}
    </form>
  );
}

const addresses: Readonly<Record<ProviderView['type'], string>> = {
  'cursor-agent': '',
  anthropic: 'https://api.anthropic.com',
  'openai-compatible': 'https://api.openai.com/v1',
  codex: 'https://api.openai.com/v1',
};

const isClaude = ({ type }: ProviderView, { harness }: Draft): boolean =>
  type === 'anthropic' && harness === 'claude-agent-sdk';

function Program({
  provider,
  value,
  onChange,
}: {
  provider: ProviderView;
  value: string;
  onChange: (event: { target: { value: string } }) => void;
}) {
  const { data } = useHarnesses();
  const harnessName = provider.type === 'codex' ? 'codex' : 'claude';
  const installed = data?.items.find(({ name }) => name === harnessName)?.own ?? null;
  const isOffered = installed?.isRecentEnough === true && installed.path !== value;
  return (
    <Field
      label="Program of your own"
      hint={
        isOffered ? (
          <>
            If empty, the fetched one is used. Yours, version {installed.version}:{' '}
            <button
              type="button"
              className="rounded-sm font-mono text-accent underline"
              onClick={() => onChange({ target: { value: installed.path } })}
            >
              {installed.path}
            </button>
          </>
        ) : (
          'If empty, the fetched one is used.'
        )
      }
    >
      <TextInput value={value} placeholder={`/usr/local/bin/${harnessName}`} onChange={onChange} />
    </Field>
  );
}

function createChange(provider: ProviderView, draft: Draft): ChangeProviderBody {
  const before = draftOf(provider);
  const changed = (field: keyof Draft) => draft[field].trim() !== before[field];
  const orNull = (field: keyof Draft) => draft[field].trim() || null;
  const usesHarness = provider.type === 'codex' || isClaude(provider, draft);
  return {
    ...(changed('name') && { name: draft.name.trim() }),
    ...(changed('baseUrl') && { baseUrl: orNull('baseUrl') }),
    ...(changed('defaultModel') && { defaultModel: orNull('defaultModel') }),
    ...(provider.type === 'anthropic' && changed('harness') && { harness: draft.harness }),
    // Settings of Claude Code are cleared when it is no longer used.
    ...((changed('program') || (!usesHarness && before.program !== '')) && {
      program: usesHarness ? orNull('program') : null,
    }),
    ...((changed('loginFolder') || (!usesHarness && before.loginFolder !== '')) && {
      loginFolder: usesHarness ? orNull('loginFolder') : null,
    }),
  };
}
