import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import type { DoctorCheck } from '../../contract/responses.ts';
import { toAppSuggestion } from '../design/app-suggestion.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { Section } from './section.tsx';

const styles = {
  ok: { icon: CircleCheck, ink: 'text-ok', label: 'OK' },
  warning: { icon: TriangleAlert, ink: 'text-warn', label: 'Warning' },
  failed: { icon: CircleX, ink: 'text-danger', label: 'Failed' },
} as const;

/** Checks everything that a run needs on this machine. */
export function Detect() {
  const doctor = useQuery({ queryKey: ['doctor'], queryFn: api.doctor, enabled: false, gcTime: 0 });
  return (
    <Section title="Detect" hint="Checks the Cursor SDK, the key, the network and this machine.">
      <Button
        className="self-start"
        disabled={doctor.isFetching}
        onClick={() => void doctor.refetch()}
      >
        <RefreshCw aria-hidden size={14} /> {doctor.isFetching ? 'Checking…' : 'Detect'}
      </Button>
      {doctor.isError ? <Failure error={doctor.error} /> : null}
      {doctor.data === undefined ? null : (
        <ul className="divide-y rounded-lg border">
          {doctor.data.checks.map((check) => (
            <Check key={check.name} check={check} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Check({ check }: { check: DoctorCheck }) {
  const { icon: Icon, ink, label } = styles[check.state];
  return (
    <li className="flex items-start gap-3 px-3 py-2">
      <Icon
        role="img"
        aria-label={label}
        size={16}
        className={classNames('mt-0.5 shrink-0', ink)}
      />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-medium">{check.name}</span>{' '}
        <span className="text-muted">{check.detail}</span>
        {check.suggestion === null ? null : <p>{toAppSuggestion(check.suggestion)}</p>}
      </div>
    </li>
  );
}
