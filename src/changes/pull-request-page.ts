import { webAddressOf } from '../lib/web-address.ts';

/**
 * The page for opening a pull request for a branch. Null for an unknown host, which may report a page when the branch is
 * pushed, see `pageInPushOutput`.
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
    // Slashes in branch names are not encoded in these addresses.
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

/** The host itself, or a company's own instance, such as `github.acme.com`. */
const isHost = (hostname: string, name: string): boolean =>
  hostname === `${name}.com` || hostname.split('.').includes(name);

/** The page that a host reports in the output of a push, if it is on that host. */
export function pageInPushOutput(remoteUrl: string, output: string): string | null {
  const web = webAddressOf(remoteUrl);
  if (web === null) return null;
  const { hostname } = new URL(web);
  const addresses = output.matchAll(/^remote:.*?(https:\/\/\S+)/gm);
  for (const [, address = ''] of addresses) {
    if (URL.parse(address)?.hostname === hostname) return address;
  }
  return null;
}
