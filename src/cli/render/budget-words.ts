import type { BudgetView, SessionDetail } from '../../contract/session-views.ts';

/** `$1.20 of $5.00 used, 12,345 of 200,000 tokens used`. */
export function budgetWords({ usd, tokens, spentUsd, spentTokens }: BudgetView): string {
  const parts = [
    ...(usd === null ? [] : [`${money(spentUsd ?? 0)} of ${money(usd)} used`]),
    ...(tokens === null
      ? []
      : [
          `${spentTokens.toLocaleString('en-US')} of ${tokens.toLocaleString('en-US')} tokens used`,
        ]),
  ];
  return parts.join(', ');
}

/** What a session cost, as far as it is known. */
export function costWords({ costUsd, usage }: Pick<SessionDetail, 'costUsd' | 'usage'>): string {
  if (costUsd !== null) return money(costUsd);
  return usage.state === 'pending' ? 'not known yet' : 'unknown';
}

/** Below a cent the first digits still say something. */
const money = (usd: number): string =>
  usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
