import type { BudgetView, SessionDetail } from '../../contract/session-views.ts';
import { formatUsd } from '../../lib/format.ts';

/** `$1.20 of $5.00 used, 12,345 of 200,000 tokens used`. */
export function formatBudget({ usd, tokens, spentUsd, spentTokens }: BudgetView): string {
  const parts = [
    ...(usd === null ? [] : [`${formatUsd(spentUsd ?? 0)} of ${formatUsd(usd)} used`]),
    ...(tokens === null
      ? []
      : [
          `${spentTokens.toLocaleString('en-US')} of ${tokens.toLocaleString('en-US')} tokens used`,
        ]),
  ];
  return parts.join(', ');
}

/** The cost of a session, as far as it is known. */
export function formatCost({ costUsd, usage }: Pick<SessionDetail, 'costUsd' | 'usage'>): string {
  if (costUsd !== null) return formatUsd(costUsd);
  return usage.state === 'pending' ? 'not known yet' : 'unknown';
}
