/** `git@host:owner/name`. A host without a dot is a name from someone's SSH settings. */
const copyStyle = /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!\/\/)\/?(.+)$/;
/** Hosts that answer SSH under another name than the web. */
const webHosts: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

/**
 * The address of a remote as Cursor takes it: https, without user, password and `.git`. Null for one that only this
 * machine can reach or understand.
 *
 * @example webAddressOf('git@github.com:acme/shop.git') // https://github.com/acme/shop
 */
export function webAddressOf(remote: string): string | null {
  const [, copyHost, copyPath] = copyStyle.exec(remote) ?? [];
  if (copyHost !== undefined && copyPath !== undefined) return addressAt(copyHost, copyPath);
  const url = URL.parse(remote);
  if (url === null || url.hostname === '') return null;
  switch (url.protocol) {
    case 'https:':
      return addressAt(url.host, url.pathname);
    case 'ssh:':
    case 'git+ssh:':
    case 'git:':
      // The port is that of SSH, not of the web.
      return url.hostname.includes('.') ? addressAt(url.hostname, url.pathname) : null;
    default:
      return null;
  }
}

function addressAt(host: string, path: string): string | null {
  const parts = path
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .filter(Boolean);
  if (host === 'ssh.dev.azure.com' && parts[0] === 'v3' && parts.length === 4) {
    const [, organization, project, name] = parts;
    return `https://dev.azure.com/${organization}/${project}/_git/${name}`;
  }
  return parts.length < 2 ? null : `https://${webHosts[host] ?? host}/${parts.join('/')}`;
}
