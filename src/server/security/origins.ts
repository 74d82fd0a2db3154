/** Addresses that a daemon may listen on. A wildcard would show every key and file to the whole network. */
const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'] as const;

export type Origins = {
  /** Whether the `Host` header names this daemon. Keeps DNS rebinding out. */
  readonly isOwnHost: (host: string | undefined) => boolean;
  /** Whether a page of this origin may talk to us: only our own pages may. */
  readonly isOwnOrigin: (origin: string) => boolean;
};

/** The exact lists for a daemon that listens on this port. */
export function originsOf(port: number): Origins {
  const hosts = new Set<string>(loopbackHosts.map((host) => `${host}:${port}`));
  const origins = new Set<string>([...hosts].map((host) => `http://${host}`));
  return {
    isOwnHost: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    isOwnOrigin: (origin) => origins.has(origin.toLowerCase()),
  };
}

/** Null when it is a loopback address; otherwise why Cerevisor does not listen there. */
export function refusalToBind(hostname: string): string | null {
  if (hostname === '127.0.0.1' || hostname === '::1') return null;
  return `Cerevisor listens on 127.0.0.1 alone, not on ${hostname}: it has no login for other machines. Use an SSH tunnel to reach it from elsewhere.`;
}
