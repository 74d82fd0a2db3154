/** Amounts below a cent get four decimals. */
export const formatUsd = (usd: number): string =>
  usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;

/** An unknown cost is not zero. `isPending`: it will be known once the current turns have ended. */
export function formatCost(usd: number | null, isPending: boolean): string {
  if (usd !== null) return formatUsd(usd);
  return isPending ? 'Cost not known yet' : 'Cost unknown';
}
