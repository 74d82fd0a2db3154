// Caches every file of the app, so that each screen opens and explains what is wrong while the daemon is down. API
// responses are never cached, because they would be out of date. The build inserts the list of files and the version.
const files = [];
const version = '';

const cachePrefix = 'cerevisor-shell-';
const cacheName = cachePrefix + version;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((open) => open.addAll(files.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(cachePrefix) && name !== cacheName))
      // A window opened before the last update still needs the files of its build.
      .then((old) => Promise.all(old.slice(0, -1).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isAppRequest = url.origin === location.origin && request.method === 'GET';
  if (!isAppRequest || url.pathname.startsWith('/api/') || url.pathname === '/health') return;
  // Each build has its own cache, so its files are current. Only the page may refer to newer ones.
  event.respondWith(request.mode === 'navigate' ? networkFirst(request) : cacheFirst(request));
});

/** Looks in the cache of this build first, then in that of the previous one. */
async function findCached(request) {
  const current = await caches.open(cacheName);
  return (await current.match(request)) ?? (await caches.match(request));
}

async function cacheFirst(request) {
  return (await findCached(request)) ?? fetch(request);
}

/** A suspended daemon accepts connections but never responds. */
const networkTimeoutMs = 5000;

async function networkFirst(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(networkTimeoutMs) });
  } catch (error) {
    const page = await findCached('/');
    if (page === undefined) throw error;
    return page;
  }
}
