import { BlockList, isIP } from 'node:net';

/**
 * Where links may lead. `public`: https to public addresses. `loopback`: also plain http and this machine, for a
 * backend that itself runs here. Other private addresses are never reached: a link must not become a way to make
 * this machine call services inside someone's network.
 */
export type LinkReach = 'public' | 'loopback';

const loopback = blockList(['127.0.0.0/8', '::1/128']);
const internal = blockList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  // Addresses that wrap an IPv4 address (NAT64, 6to4, Teredo) could reach a private one behind a gateway.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);

/** Whether a resolved address may be connected to. IPv4 inside IPv6 (`::ffff:10.0.0.1`) is checked as IPv4. */
export function isAddressAllowed(address: string, reach: LinkReach): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  if (loopback.check(address, name)) return reach === 'loopback';
  return !internal.check(address, name);
}

/** Why a link must not be followed; undefined if it may be. Host names are checked again by their resolved address. */
export function rejectionReason(url: URL, reach: LinkReach): string | undefined {
  const host = hostOf(url);
  const isLocalName = isLocalHostName(host);
  if (url.username !== '' || url.password !== '') return 'contains a user name or password';
  if (
    url.protocol !== 'https:' &&
    !(url.protocol === 'http:' && reach === 'loopback' && isLoopbackHost(host))
  )
    return 'is not https';
  if (isLocalName && reach !== 'loopback') return 'leads to this machine';
  if (isIP(host) !== 0 && !isAddressAllowed(host, reach)) return 'leads to a private address';
  return undefined;
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether a backend's address is on this machine, by its parsed host, because a name may start like an address. */
export function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return isLoopbackHost(hostOf(url));
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$|\.$/g, '');

const isLocalHostName = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost');

const isLoopbackHost = (host: string): boolean =>
  isLocalHostName(host) ||
  (isIP(host) !== 0 && loopback.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6'));
