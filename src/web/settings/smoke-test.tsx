import { useMutation } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { cloudName } from '../../contract/cloud-name.ts';
import { formatDuration } from '../../lib/format.ts';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { useBackend } from '../kernel/queries.ts';
import { Section } from './section.tsx';

/** Tests key, network and backend end to end. */
export function SmokeTest() {
  const cloud = cloudName(useBackend());
  const test = useMutation({ mutationFn: api.smokeTest });
  return (
    <Section
      title="Smoke test"
      hint={`Sends a simple request to ${cloud} to test the whole connection.`}
    >
      <ActionButton className="self-start" disabled={test.isPending} onClick={() => test.mutate()}>
        {test.isPending ? 'Testing…' : 'Run smoke test'}
      </ActionButton>
      {test.isError ? <Failure error={test.error} /> : null}
      {test.data?.ok ? (
        <p role="status" className="flex items-center gap-2 text-ok">
          <CircleCheck aria-hidden size={16} /> {test.data.detail} (
          {formatDuration(test.data.durationMs)})
        </p>
      ) : null}
      {test.data?.ok === false ? (
        <Callout tone="error" title={test.data.error?.message ?? test.data.detail}>
          {test.data.error?.suggestion}
        </Callout>
      ) : null}
    </Section>
  );
}
