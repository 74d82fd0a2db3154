type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies from the environment, interpreted as curl does. */
export type Proxies = {
  readonly http: string | null;
  readonly https: string | null;
  readonly noProxy: string;
  /** Why they cannot be used, without any password in an address. */
  readonly problem: string | null;
};

export function proxiesOf(environment: Environment): Proxies {
  const https = namedProxy(environment, 'https');
  const plain = namedProxy(environment, 'http');
  // ALL_PROXY may name a SOCKS proxy for other programs, which does not matter if HTTPS_PROXY is set.
  const isForOthers = plain?.name === 'ALL_PROXY' && addressOf(plain.text) === null;
  const http = isForOthers && https !== null ? https : plain;
  const invalid = [http, https].find((proxy) => proxy !== null && addressOf(proxy.text) === null);
  return {
    http: http === null ? null : addressOf(http.text),
    https: https === null ? null : addressOf(https.text),
    noProxy: readVariable(environment, 'NO_PROXY'),
    problem: invalid
      ? `${invalid.name} (${withoutPassword(invalid.text)}) is not the address of an HTTP proxy.`
      : null,
  };
}

/** Whether https requests should go through a proxy of any kind; git supports more kinds than we do. */
export const hasProxy = (environment: Environment): boolean =>
  namedProxy(environment, 'https') !== null;

type NamedProxy = { readonly name: string; readonly text: string };

function namedProxy(environment: Environment, scheme: 'http' | 'https'): NamedProxy | null {
  const names = [`${scheme.toUpperCase()}_PROXY`, 'ALL_PROXY'];
  const proxies = names.map((name) => ({ name, text: readVariable(environment, name) }));
  return proxies.find(({ text }) => text !== '') ?? null;
}

/** Lower case takes precedence over upper case; an empty variable counts as unset. */
const readVariable = (environment: Environment, name: string): string =>
  environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || '';

/** `proxy.corp:3128` means `http://proxy.corp:3128`. */
function addressOf(text: string): string | null {
  if (text === '') return null;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url.href : null;
}

const withoutPassword = (text: string): string => text.replace(/^(.*:\/\/)?.*@/, '$1***@');

/** Whether a URL refers to this machine, by name or by IP address. */
export function isLoopback(origin: string | URL | undefined): boolean {
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

/** Variables for proxies and trusted certificates. */
const NAMES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE',
];

/**
 * Variables for a child process that makes requests with Node's built-in HTTP client. `target` is the URL that it
 * contacts: no proxy is used for this machine.
 */
export function proxyEnvironment(
  environment: Environment,
  target: string | undefined,
): Record<string, string> {
  const passed = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && NAMES.includes(name.toUpperCase()) ? [[name, value] as const] : [],
  );
  const { http, https, noProxy, problem } = proxiesOf(environment);
  const isProxied = problem === null && (http !== null || https !== null);
  const others = passed.filter(([name]) => !/_PROXY$/i.test(name));
  if (!isProxied || isLoopback(target)) return Object.fromEntries(others);
  return {
    ...Object.fromEntries(others),
    ...(http === null ? {} : { HTTP_PROXY: http }),
    ...(https === null ? {} : { HTTPS_PROXY: https }),
    ...(noProxy === '' ? {} : { NO_PROXY: noProxy }),
    NODE_USE_ENV_PROXY: '1',
  };
}
