/** The needs that were told, so that one which is stated again with every retry is told once. */
const storageKey = 'cerevisor.told-needs';
const mostRemembered = 200;

/** The list with this need at its end, or null when it was told before. */
export function withNeed(told: readonly string[], need: string): readonly string[] | null {
  return told.includes(need) ? null : [...told, need].slice(-mostRemembered);
}

/** Notes that a session needs someone for this reason; false when that was told before. */
export function rememberNeed(sessionId: string, code: string): boolean {
  const told = (localStorage.getItem(storageKey) ?? '').split('\n').filter((line) => line !== '');
  const next = withNeed(told, `${sessionId} ${code}`);
  if (next === null) return false;
  localStorage.setItem(storageKey, next.join('\n'));
  return true;
}
