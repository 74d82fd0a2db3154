import { webAddressOf } from '../lib/web-address.ts';

/**
 * The page of a host on which a person opens a pull request for a branch. Null for a host that is not known: it may
 * have named a page itself when the branch was pushed, see `pageInWords`.
 */
export function pullRequestPage(
  remoteUrl: string,
  branch: string,
  baseBranch: string | null,
): string | null {
  const web = webAddressOf(remoteUrl);
  if (web === null) return null;
  const { hostname } = new URL(web);
  const head = encodeURIComponent(branch);
  const base = baseBranch === null ? null : encodeURIComponent(baseBranch);
  if (isHost(hostname, 'github')) {
    // Slashes of branches stand as they are in these addresses.
    const range = [base, head].filter((name) => name !== null).join('...');
    return `${web}/compare/${range.replaceAll('%2F', '/')}?expand=1`;
  }
  if (isHost(hostname, 'gitlab')) {
    const target = base === null ? '' : `&merge_request%5Btarget_branch%5D=${base}`;
    return `${web}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${head}${target}`;
  }
  if (hostname === 'bitbucket.org')
    return `${web}/pull-requests/new?source=${head}${base === null ? '' : `&dest=${base}`}`;
  if (hostname === 'dev.azure.com' || hostname.endsWith('.visualstudio.com')) {
    const target = base === null ? '' : `&targetRef=${base}`;
    return `${web}/pullrequestcreate?sourceRef=${head}${target}`;
  }
  return null;
}

/** The host itself, or one of a company: `github.acme.com`. */
const isHost = (hostname: string, name: string): boolean =>
  hostname === `${name}.com` || hostname.split('.').includes(name);

/** The page that a host names in its answer to a push, if it lies on that host. */
export function pageInWords(remoteUrl: string, words: string): string | null {
  const web = webAddressOf(remoteUrl);
  if (web === null) return null;
  const { hostname } = new URL(web);
  const addresses = words.matchAll(/^remote:.*?(https:\/\/\S+)/gm);
  for (const [, address = ''] of addresses) {
    if (URL.parse(address)?.hostname === hostname) return address;
  }
  return null;
}
