// Keeps every file of the app, so that each screen opens and says what is wrong while the daemon is down. Answers of
// the API are never kept: an old answer would lie. The build puts in the list of files; a change of any changes this one.
const files = [];
const version = '';

const family = 'cerevisor-shell-';
const shelf = family + version;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(shelf)
      .then((open) => open.addAll(files.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(family) && name !== shelf))
      // A window that is open since before the last update still needs the files that it was built with.
      .then((old) => Promise.all(old.slice(0, -1).map((name) => caches.delete(name))))
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
  return (await caches.match(request)) ?? fetch(request);
}

async function freshOrKept(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.mode === 'navigate' ? '/' : request);
    if (kept === undefined) throw error;
    return kept;
  }
}
