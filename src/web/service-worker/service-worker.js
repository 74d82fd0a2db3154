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
  // The list changes with every build, so a kept file is as good as a fresh one. Only the page may name newer ones.
  event.respondWith(request.mode === 'navigate' ? freshOrKeptPage(request) : keptOrFresh(request));
});

/** The files of this build before those of the one before it. */
async function kept(request) {
  const own = await caches.open(shelf);
  return (await own.match(request)) ?? (await caches.match(request));
}

async function keptOrFresh(request) {
  return (await kept(request)) ?? fetch(request);
}

/** A daemon that is suspended takes a connection and says nothing. */
const patienceMs = 5000;

async function freshOrKeptPage(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(patienceMs) });
  } catch (error) {
    const page = await kept('/');
    if (page === undefined) throw error;
    return page;
  }
}
