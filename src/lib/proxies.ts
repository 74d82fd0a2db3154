type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies that the environment names, in the way of curl. */
export type Proxies = {
  readonly http: string | null;
  readonly https: string | null;
  readonly noProxy: string;
  /** Why they cannot be used, without the password that an address may hold. */
  readonly problem: string | null;
};

export function proxiesOf(environment: Environment): Proxies {
  const https = namedProxy(environment, 'https');
  const named = namedProxy(environment, 'http');
  // A proxy for everything that serves other programs stands in nobody's way where the one for https is named.
  const isForOthers = named?.name === 'ALL_PROXY' && addressOf(named.text) === null;
  const http = isForOthers && https !== null ? https : named;
  const wrong = [http, https].find((proxy) => proxy !== null && addressOf(proxy.text) === null);
  return {
    http: http === null ? null : addressOf(http.text),
    https: https === null ? null : addressOf(https.text),
    noProxy: setTo(environment, 'NO_PROXY'),
    problem: wrong
      ? `${wrong.name} (${withoutPassword(wrong.text)}) is not the address of an HTTP proxy.`
      : null,
  };
}

/** Whether requests by https are to leave through a proxy, of whatever kind: git knows more kinds than we do. */
export const hasProxy = (environment: Environment): boolean =>
  namedProxy(environment, 'https') !== null;

type NamedProxy = { readonly name: string; readonly text: string };

function namedProxy(environment: Environment, scheme: 'http' | 'https'): NamedProxy | null {
  const names = [`${scheme.toUpperCase()}_PROXY`, 'ALL_PROXY'];
  const found = names.map((name) => ({ name, text: setTo(environment, name) }));
  return found.find(({ text }) => text !== '') ?? null;
}

/** Lower case goes before upper case; set and empty is the same as not set. */
const setTo = (environment: Environment, name: string): string =>
  environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || '';

/** `proxy.corp:3128` is as good as `http://proxy.corp:3128`. */
function addressOf(text: string): string | null {
  if (text === '') return null;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url.href : null;
}

const withoutPassword = (text: string): string => text.replace(/^(.*:\/\/)?.*@/, '$1***@');

/** Whether an address is on this machine, by its name or number. */
export function isThisMachine(origin: string | URL | undefined): boolean {
  const url = origin === undefined ? null : URL.parse(String(origin));
  if (url === null) return false;
  const host = url.hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(host)
  );
}

/** Variables by which programs learn the way out and whom to trust. */
const NAMES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE',
];

/**
 * The same for a Node program of ours that makes its requests by Node's own means. `target` is where they go: to this
 * machine they go straight.
 */
export function outboundVariables(
  environment: Environment,
  target: string | undefined,
): Record<string, string> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && NAMES.includes(name.toUpperCase()) ? [[name, value] as const] : [],
  );
  const { http, https, noProxy, problem } = proxiesOf(environment);
  const isProxied = problem === null && (http !== null || https !== null);
  const others = kept.filter(([name]) => !/_PROXY$/i.test(name));
  if (!isProxied || isThisMachine(target)) return Object.fromEntries(others);
  return {
    ...Object.fromEntries(others),
    ...(http === null ? {} : { HTTP_PROXY: http }),
    ...(https === null ? {} : { HTTPS_PROXY: https }),
    ...(noProxy === '' ? {} : { NO_PROXY: noProxy }),
    NODE_USE_ENV_PROXY: '1',
  };
}
