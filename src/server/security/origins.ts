/**
 * The names of this machine for itself. Nobody can make them mean another machine, which keeps DNS rebinding out. The
 * port may be any: a browser at the other end of an SSH tunnel names the port that the tunnel has there.
 */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;
const LAST_PORT = 65_535;

/** Whether a `Host` header names this machine by its loopback. */
export function isLoopbackHost(host: string | undefined): host is string {
  const named = host === undefined ? null : loopbackHost.exec(host);
  if (named === null) return false;
  const port = named[1] === undefined ? 80 : Number(named[1]);
  return port >= 1 && port <= LAST_PORT;
}

/** Whether the page that asks came from the very address that it asks: only our own pages do. */
export function isOwnOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

/** Null when it is a loopback address; otherwise why Cerevisor does not listen there. */
export function bindProblem(hostname: string): string | null {
  // A wildcard would show every key and file to the whole network.
  if (hostname === '127.0.0.1' || hostname === '::1') return null;
  return `Cerevisor listens only on 127.0.0.1, not on ${hostname}, because it has no login for other machines. Use an SSH tunnel to reach it from elsewhere.`;
}
