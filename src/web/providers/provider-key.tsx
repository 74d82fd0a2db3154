import { KeyRound } from 'lucide-react';
import type { ProviderView } from '../../contract/providers.ts';
import { Section } from '../settings/section.tsx';
import { CheckResult } from './check-result.tsx';
import { KeyForm } from './key-form.tsx';
import { providerApi } from './provider-api.ts';
import { useRefreshProviders } from './use-providers.ts';

const sourceTexts: Record<ProviderView['key']['source'], string> = {
  environment: 'from the environment, which takes precedence over a stored key',
  keychain: 'in the keychain of this machine',
  file: 'in a file that only you can read',
  rehearsal: 'Not needed: the rehearsal cloud replaces this provider',
  login: 'Your own login is used',
  unneeded: 'No key: many self-hosted servers need none',
  none: 'No key is set',
};

/** The key of a provider: its source, replacement and validation. */
export function ProviderKey({ provider }: { provider: ProviderView }) {
  const { id, name, key } = provider;
  const refresh = useRefreshProviders();
  const isStored = key.source === 'keychain' || key.source === 'file';
  return (
    <Section
      title="API key"
      context={name}
      hint="It is used at once, and this page never shows it again."
    >
      <p className="[overflow-wrap:anywhere]">
        <KeyRound aria-hidden size={14} className="mr-2 inline text-muted" />
        {key.masked === null ? null : <code className="font-mono">{key.masked} </code>}
        {sourceTexts[key.source]}
      </p>
      <KeyForm
        context={name}
        target={name}
        isStored={isStored}
        validate={(newKey) => providerApi.validate(id, newKey)}
        renderResult={(check) => <CheckResult check={check} />}
        save={(newKey) => providerApi.saveKey(id, newKey).then(refresh)}
        clear={() => providerApi.clearKey(id).then(refresh)}
      />
    </Section>
  );
}
