import { useMutation } from '@tanstack/react-query';
import type { ProviderView } from '../../contract/providers.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { Section } from '../settings/section.tsx';
import { CheckResult } from './check-result.tsx';
import { providerApi } from './provider-api.ts';

/** Detects the requirements of a provider, and runs its smoke test. */
export function ProviderChecks({ provider: { id, name } }: { provider: ProviderView }) {
  const detect = useMutation({ mutationFn: () => providerApi.detect(id) });
  const smoke = useMutation({ mutationFn: () => providerApi.smokeTest(id) });
  return (
    <Section
      title="Test"
      context={name}
      hint="Detect looks for what the agents need on this machine. The smoke test runs a trivial agent, which costs a few tokens."
    >
      <div className="flex flex-wrap gap-2">
        <ActionButton disabled={detect.isPending} onClick={() => detect.mutate()}>
          {detect.isPending ? 'Detecting…' : 'Detect'}
        </ActionButton>
        <ActionButton disabled={smoke.isPending} onClick={() => smoke.mutate()}>
          {smoke.isPending ? 'An agent is running…' : 'Run smoke test'}
        </ActionButton>
      </div>
      {[detect, smoke].map(({ data, error }, index) => (
        <div key={index === 0 ? 'detect' : 'smoke'} className="empty:hidden">
          {data === undefined ? null : <CheckResult check={data} />}
          {error === null ? null : <Failure error={error} />}
        </div>
      ))}
    </Section>
  );
}
