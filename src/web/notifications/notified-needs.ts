/** Needs that were already announced: every retry repeats its need in the journal. */
const storageKey = 'cerevisor.told-needs';
const maxRemembered = 200;

/** The list with this need appended, or null if it is already in it. */
export function addNeed(notified: readonly string[], need: string): readonly string[] | null {
  return notified.includes(need) ? null : [...notified, need].slice(-maxRemembered);
}

/** Records a need of a session; false if it was already recorded. */
export function rememberNeed(sessionId: string, code: string): boolean {
  const notified = (localStorage.getItem(storageKey) ?? '')
    .split('\n')
    .filter((line) => line !== '');
  const next = addNeed(notified, `${sessionId} ${code}`);
  if (next === null) return false;
  localStorage.setItem(storageKey, next.join('\n'));
  return true;
}
