/** Below a cent the first digits still say something. */
export const money = (usd: number): string =>
  usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;

/** What is not known is not called zero. `isPending`: it will be, once the turns in progress have ended. */
export function costWords(usd: number | null, isPending: boolean): string {
  if (usd !== null) return money(usd);
  return isPending ? 'Cost not known yet' : 'Cost unknown';
}
