/** Below a cent the first digits still say something. */
export const money = (usd: number): string =>
  usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;

/** What is not known is not called zero. */
export const costWords = (usd: number | null): string =>
  usd === null ? 'Cost unknown' : money(usd);
