/** `git@host:owner/name`, as scp takes it. A host without a dot is an alias from SSH settings. */
const scpStyle = /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!\/\/)\/?(.+)$/;
/** Hosts whose names for SSH and for the web differ. */
const webHosts: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

/**
 * The https address of a remote, as Cursor expects it, without user, password and `.git`. Null for a remote that only
 * this machine can resolve.
 *
 * @example webAddressOf('git@github.com:acme/shop.git') // https://github.com/acme/shop
 */
export function webAddressOf(remote: string): string | null {
  const [, scpHost, scpPath] = scpStyle.exec(remote) ?? [];
  if (scpHost !== undefined && scpPath !== undefined) return addressAt(scpHost, scpPath);
  const url = URL.parse(remote);
  if (url === null || url.hostname === '') return null;
  switch (url.protocol) {
    case 'https:':
      return addressAt(url.host, url.pathname);
    case 'ssh:':
    case 'git+ssh:':
    case 'git:':
      // The port is dropped, because it is for SSH.
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
