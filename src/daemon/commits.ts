import { isLoopbackUrl } from '../artifacts/link-policy.ts';
import type { CommitLookup } from '../engine/context.ts';
import { gitCommits, mayContact } from '../engine/handlers/git-commits.ts';
import type { Environment } from '../lib/git.ts';
import { repositoryKey } from '../workflow/repository-url.ts';
import type { Backend } from './backend.ts';
import { SAMPLE_SHOP_URL, sampleShopPath } from './sample-shop.ts';

/** Looks up commits with git. In a rehearsal, the sample repository is on this machine, despite its address. */
export function commitLookup(
  home: string,
  backend: Pick<Backend, 'isRehearsal' | 'provider'>,
  environment: Environment = process.env,
): CommitLookup {
  const lookUp = gitCommits({
    environment,
    reach: () => (isLoopbackUrl(backend.provider.backend.url) ? 'loopback' : 'public'),
  });
  return (repoUrl, refs, signal) => lookUp(addressOf(home, backend, repoUrl), refs, signal);
}

/** The address of a repository for git on this machine. */
function addressOf(
  home: string,
  { isRehearsal }: Pick<Backend, 'isRehearsal'>,
  repoUrl: string,
): string {
  const isSample = isRehearsal && repositoryKey(repoUrl) === repositoryKey(SAMPLE_SHOP_URL);
  return isSample ? sampleShopPath(home) : repoUrl;
}

/** The same; null if git must not contact its host, because addresses come from workflow files and from Cursor. */
export async function reachableAddress(
  home: string,
  backend: Pick<Backend, 'isRehearsal' | 'provider'>,
  repoUrl: string,
  environment: Environment = process.env,
): Promise<string | null> {
  const address = addressOf(home, backend, repoUrl);
  const reach = () => (isLoopbackUrl(backend.provider.backend.url) ? 'loopback' : 'public');
  return (await mayContact(address, { environment, reach })) ? address : null;
}
