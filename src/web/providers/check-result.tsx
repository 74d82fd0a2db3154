import { CircleCheck } from 'lucide-react';
import type { ProviderCheckView } from '../../contract/providers.ts';
import { toAppSuggestion } from '../design/app-suggestion.ts';
import { Callout } from '../design/callout.tsx';

/** The result of a check. */
export function CheckResult({ check: { isOk, detail, error } }: { check: ProviderCheckView }) {
  if (!isOk)
    return (
      <Callout tone="error" title={detail}>
        {error?.suggestion === undefined ? null : toAppSuggestion(error.suggestion)}
      </Callout>
    );
  return (
    <p role="status" className="flex items-start gap-2 text-ok [overflow-wrap:anywhere]">
      <CircleCheck aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span className="min-w-0">{detail}</span>
    </p>
  );
}
