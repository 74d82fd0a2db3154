/**
 * Loopback host names, which cannot be resolved to another machine, so that DNS rebinding is impossible. Any port is
 * allowed, because a browser at the other end of an SSH tunnel uses the tunnel's port.
 */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;
const MAX_PORT = 65_535;

/** Whether a `Host` header names a loopback address. */
export function isLoopbackHost(host: string | undefined): host is string {
  const match = host === undefined ? null : loopbackHost.exec(host);
  if (match === null) return false;
  const port = match[1] === undefined ? 80 : Number(match[1]);
  return port >= 1 && port <= MAX_PORT;
}

/** Whether a request comes from a page at the address that it is sent to: only our own pages are there. */
export function isOwnOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

/** Why Cerevisor does not listen on this address; null for a loopback address. */
export function bindProblem(hostname: string): string | null {
  // A wildcard address would expose keys and files to the network.
  if (hostname === '127.0.0.1' || hostname === '::1') return null;
  return `Cerevisor listens only on 127.0.0.1, not on ${hostname}, because it has no login for other machines. Use an SSH tunnel to reach it from elsewhere.`;
}
