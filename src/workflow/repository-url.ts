import parseGitUrl from 'git-url-parse';

/** A repository target: reachable from anywhere (`hosted`), only from this machine (`local`), or unusable. */
export type RepositoryUrl =
  | { readonly kind: 'hosted'; readonly key: string }
  | { readonly kind: 'local'; readonly key: string }
  | { readonly kind: 'with-secret' }
  | { readonly kind: 'malformed'; readonly suggestion: string };

const absolutePath = /^(?:\/|\\\\|[A-Za-z]:[\\/])/;
const relativePath = /^(?:~|\.{1,2})(?:[\\/]|$)/;
const withoutScheme = /^[\w-]+(\.[\w-]+)+(:\d+)?\/[\w.-]+\/[\w.-]+/;
const ownerAndName = /^\w[\w.-]*\/\w[\w.-]*$/;
const secureShell = /^(?:ssh:\/\/)?[\w.-]+@[\w.-]+(?::\d+)?[:/]/;
/** GitHub hosts that serve files and API responses, but no repositories. */
const filesHost = /^(?:raw\.githubusercontent\.com|(?:api|codeload)\.github\.com)$/;
/** Path segments that follow the path of a repository in the address of one of its pages. */
const pages: ReadonlySet<string> = new Set(
  '- tree blob raw blame commit commits pull pulls merge_requests pull-requests issues releases tags branches actions wiki compare src'.split(
    ' ',
  ),
);

/**
 * Classifies a repository target. `key` is the same for all spellings of one repository. Cursor accepts `https` addresses;
 * the rehearsal cloud also accepts whatever git on this machine can clone (`local`).
 */
export function readRepositoryUrl(text: string): RepositoryUrl {
  const target = text.trim();
  const key = repositoryKey(target);
  if (absolutePath.test(target) || secureShell.test(target)) return { kind: 'local', key };
  const url = relativePath.test(target) ? null : URL.parse(target);
  if (url === null) return malformed(target);
  if (url.password !== '' || (url.protocol.startsWith('http') && url.username !== ''))
    return { kind: 'with-secret' };
  if (['file:', 'http:', 'git:'].includes(url.protocol)) return { kind: 'local', key };
  if (url.protocol !== 'https:' || segmentsOf(url).length < 2) return malformed(target);
  if (url.pathname.includes('//')) {
    const plain = new URL(`/${segmentsOf(url).join('/')}`, url.origin);
    return pageOf(plain) ?? suggestAddress(plain, segmentsOf(plain));
  }
  if (filesHost.test(url.host)) {
    const first = url.host.startsWith('api.') ? 1 : 0;
    const segments = segmentsOf(url).slice(first, first + 2);
    if (segments.length < 2) return malformed(target);
    return suggestAddress(new URL('https://github.com'), segments);
  }
  return pageOf(url) ?? { kind: 'hosted', key };
}

/**
 * A key that is the same for every spelling of a repository: `https`, `ssh` and `git@host:owner/name`, with and without
 * `.git`, in any case. The key of a folder is its path, and that of any other text is the text.
 */
export function repositoryKey(text: string): string {
  const target = text.trim();
  if (absolutePath.test(target)) return pathKey(target);
  const address = /^[a-z][a-z+.-]*:\/\//i.test(target) || secureShell.test(target);
  try {
    const parsed = parseGitUrl(address ? target : `https://${target}`);
    if (parsed.protocol === 'file') return pathKey(decoded(parsed.pathname));
    // `www` and the SSH subdomains are the same host.
    const host = parsed.resource.toLowerCase().replace(/^(?:www|ssh|altssh)\./, '');
    const isOwnPort =
      parsed.protocol !== 'ssh' && !['', '80', '443'].includes(String(parsed.port ?? ''));
    const path = decoded(parsed.pathname)
      .split('/')
      .filter((part) => part !== '')
      .join('/')
      .toLowerCase();
    return `${host}${isOwnPort ? `:${parsed.port}` : ''}/${webPath(host, path)}`.replace(
      /\.git$/,
      '',
    );
  } catch {
    return target.toLowerCase(); // not an address, which the parser reports by throwing
  }
}

/** Azure DevOps uses a different path for SSH. */
const webPath = (host: string, path: string): string =>
  host.endsWith('dev.azure.com') ? path.replace(/^v3\//, '').replace('/_git/', '/') : path;

function pathKey(path: string): string {
  const isWindows = !path.startsWith('/');
  const key = path
    .replaceAll(isWindows ? '\\' : '//', '/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return isWindows ? key.toLowerCase() : key;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a lone percent sign is part of the name
  }
}

const segmentsOf = ({ pathname }: URL): string[] =>
  pathname.split('/').filter((segment) => segment !== '');

const suggestAddress = ({ origin }: URL, segments: readonly string[]): RepositoryUrl => ({
  kind: 'malformed',
  suggestion: `Write it as ${origin}/${segments.join('/')}.`,
});

/** Suggests the address of the repository if the target is the address of one of its pages. */
function pageOf(url: URL): RepositoryUrl | undefined {
  const segments = segmentsOf(url);
  const owned = ['github.com', 'www.github.com', 'bitbucket.org'].includes(url.host)
    ? 2
    : segments.findIndex((segment, index) => index >= 2 && pages.has(segment));
  const isPage = owned !== -1 && segments.length > owned;
  if (!isPage && url.search === '' && url.hash === '') return undefined;
  const repository = `${url.origin}/${segments.slice(0, isPage ? owned : undefined).join('/')}`;
  const [kind, ...ref] = segments.slice(owned).filter((segment) => segment !== '-');
  const branch =
    isPage && ref.length > 0 && (kind === 'tree' || kind === 'src')
      ? `, and set the starting ref to "${decoded(ref.join('/'))}"`
      : '';
  return { kind: 'malformed', suggestion: `Write it as ${repository}${branch}.` };
}

function malformed(target: string): RepositoryUrl {
  if (relativePath.test(target))
    return {
      kind: 'malformed',
      suggestion:
        'Use the full path of the folder, which works with the rehearsal cloud, or the https address of the repository.',
    };
  const guess = withoutScheme.test(target)
    ? `https://${target}`
    : ownerAndName.test(target)
      ? `https://github.com/${target}`
      : undefined;
  const suggestion =
    guess === undefined ? 'Write it as https://github.com/owner/name.' : `Write it as ${guess}.`;
  return { kind: 'malformed', suggestion };
}
