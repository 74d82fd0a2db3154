import { isLoopbackUrl } from '../artifacts/link-policy.ts';
import type { CommitLookup } from '../engine/context.ts';
import { gitCommits } from '../engine/handlers/git-commits.ts';
import type { Environment } from '../lib/git.ts';
import { repositoryKey } from '../workflow/repository-url.ts';
import type { Backend } from './backend.ts';
import { SAMPLE_SHOP_URL, sampleShopPath } from './sample-shop.ts';

/** Asks git for commits. In rehearsal the sample repository lies on this machine, whatever its address says. */
export function commitLookup(
  home: string,
  backend: Pick<Backend, 'isRehearsal' | 'provider'>,
  environment: Environment = process.env,
): CommitLookup {
  const look = gitCommits({
    environment,
    reach: () => (isLoopbackUrl(backend.provider.backend.url) ? 'loopback' : 'public'),
  });
  const sample = repositoryKey(SAMPLE_SHOP_URL);
  return (repoUrl, refs, signal) => {
    const isSample = backend.isRehearsal && repositoryKey(repoUrl) === sample;
    return look(isSample ? sampleShopPath(home) : repoUrl, refs, signal);
  };
}
