// Keeps the shell of the app, so that it opens and says what is wrong while the daemon is down. Answers of the
// API are never kept: an old answer would lie.
const shelf = 'cerevisor-shell-1';

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== shelf).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = url.origin === location.origin && request.method === 'GET';
  if (!isOurs || url.pathname.startsWith('/api/') || url.pathname === '/health') return;
  // Names of built files change with their content, so a kept one is as good as a fresh one.
  const isForever = url.pathname.startsWith('/assets/');
  event.respondWith(isForever ? keptOrFresh(request) : freshOrKept(request));
});

async function keptOrFresh(request) {
  return (await caches.match(request)) ?? fetchAndKeep(request);
}

async function freshOrKept(request) {
  try {
    return await fetchAndKeep(request);
  } catch (error) {
    const kept = await caches.match(request.mode === 'navigate' ? '/' : request);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function fetchAndKeep(request) {
  const response = await fetch(request);
  if (response.ok && response.type === 'basic') {
    const open = await caches.open(shelf);
    await open.put(request.mode === 'navigate' ? '/' : request, response.clone());
  }
  return response;
}
