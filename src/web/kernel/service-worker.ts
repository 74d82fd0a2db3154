/** Caches the app shell for when the daemon is down. The app works without it, so a failure is only logged. */
export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.info('The app cannot be opened while the daemon is down.', error);
  });
}
