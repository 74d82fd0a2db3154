/** After so long it is time, however busy the page is. */
const patienceMs = 1500;

/** Runs something as soon as the page has nothing else to do. Returns how to call it off. */
export function whenIdle(run: () => void): () => void {
  // Safari does not tell when it is idle.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, patienceMs);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: patienceMs });
  return () => cancelIdleCallback(handle);
}
