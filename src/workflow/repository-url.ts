/** Where a repository target can be reached from: anywhere, or only by a program on this machine. */
export type RepositoryUrl =
  | { readonly kind: 'hosted'; readonly key: string }
  | { readonly kind: 'local'; readonly key: string }
  | { readonly kind: 'with-secret' }
  | { readonly kind: 'malformed'; readonly suggestion: string };

const hostedPath = /^\/[^/]+(\/[^/]+)+\/?$/;
const withoutScheme = /^[\w-]+(\.[\w-]+)+\/[\w.-]+\/[\w.-]+/;
const ownerAndName = /^[\w.-]+\/[\w.-]+$/;
const secureShell = /^(?:ssh:\/\/)?[\w.-]+@[\w.-]+(?::\d+)?[:/]/;

/**
 * Sorts a repository target. `key` is equal for two spellings of one repository. Cursor takes `https` addresses;
 * the rehearsal cloud also takes whatever git on this machine can clone (`local`).
 */
export function readRepositoryUrl(text: string): RepositoryUrl {
  const target = text.trim();
  if (target.startsWith('/') || /^[A-Za-z]:[\\/]/.test(target) || secureShell.test(target))
    return { kind: 'local', key: keyOf(target) };
  const url = URL.parse(target);
  if (url === null) return malformed(target);
  if (url.password !== '' || (url.protocol.startsWith('http') && url.username !== ''))
    return { kind: 'with-secret' };
  if (['file:', 'http:', 'git:'].includes(url.protocol))
    return { kind: 'local', key: keyOf(target) };
  if (url.protocol !== 'https:' || !hostedPath.test(url.pathname)) return malformed(target);
  return { kind: 'hosted', key: keyOf(`${url.host}${url.pathname}`) };
}

function malformed(target: string): RepositoryUrl {
  const guess = withoutScheme.test(target)
    ? `https://${target}`
    : ownerAndName.test(target)
      ? `https://github.com/${target}`
      : undefined;
  const suggestion =
    guess === undefined ? 'Write it as https://github.com/owner/name.' : `Write it as ${guess}.`;
  return { kind: 'malformed', suggestion };
}

function keyOf(target: string): string {
  return target
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLowerCase();
}
