import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

const allowedSchemes = new Set(['http:', 'https:', 'ssh:', 'git:', 'file:']);
const scpLike = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)([^\\]+)$/;

/** Returns why this URL is not allowed, or `undefined` if it is. */
export function invalidUrlReason(url: string): string | undefined {
  if (url.startsWith('-')) return 'must not start with a dash';
  if ([...url].some((character) => character < ' ')) return 'must not contain control characters';
  if (isAbsolute(url)) return undefined;
  if (/^[a-z][a-z0-9+.-]*::/i.test(url)) return 'uses a git transport helper';
  if (URL.canParse(url)) {
    const { protocol, password } = new URL(url);
    if (!allowedSchemes.has(protocol)) {
      // `host:path` parses as a URL whose scheme is the host.
      return scpLike.test(url) ? undefined : `has the unknown scheme ${protocol}`;
    }
    return password === '' ? undefined : 'must not contain a password';
  }
  if (scpLike.test(url)) return undefined;
  // Users often paste `github.com/owner/name`.
  if (/^[\w.-]+\.[a-z]{2,}\/[^\s]+$/i.test(url)) return undefined;
  return 'is not a git URL or an absolute path';
}

/** Returns the location to pass to git. */
export function locationOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (!isAbsolute(url) && !URL.canParse(url) && !scpLike.test(url)) return `https://${url}`;
  return url;
}

/** Returns `github.com/owner/name`, the form of repositories in Cursor's `git.branches[]`. */
export function withoutScheme(url: string): string {
  const scp = URL.canParse(url) ? null : scpLike.exec(url);
  if (scp !== null && !isAbsolute(url)) return `${scp[1]}/${scp[2]}`.replace(/\.git$/, '');
  const bare = url.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?/i, '');
  return isAbsolute(bare) ? bare : bare.replace(/\.git\/?$/, '');
}

/** Whether both URLs name the same repository. Ignores the scheme, `.git`, a trailing slash, and letter case. */
export function isSameRepository(one: string, other: string): boolean {
  if (one === other) return true;
  if (isAbsolute(one) || isAbsolute(other)) return false;
  const keyOf = (url: string) => withoutScheme(url.replace(/\/+$/, '')).toLowerCase();
  return keyOf(one) === keyOf(other);
}

/** Last part of the URL: the folder name of a clone. */
export function folderNameOf(url: string): string {
  const last =
    url
      .replace(/[\\/]+$/, '')
      .split(/[\\/:]/)
      .at(-1) ?? '';
  const name = last.replace(/\.git$/, '').replace(/[^\w.-]+/g, '-');
  return name === '' || /^\.+$/.test(name) ? 'repository' : name;
}
