/** Keeps the shell of the app for when the daemon is down. Without it everything works, so a refusal is only noted. */
export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.info('The app cannot be opened while the daemon is down.', error);
  });
}
