import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAddressAllowed, type LinkReach } from '../../artifacts/link-policy.ts';
import { type Environment, queryRemote } from '../../lib/git.ts';
import { hasProxy } from '../../lib/proxies.ts';
import type { CommitLookup } from '../context.ts';

const DEADLINE_MS = 5_000;
const MAX_CONCURRENT = 4;
/** A run names a handful of branches. More than these are not looked up, so that no answer makes git work without end. */
const MAX_REFS = 200;
const THIS_MACHINE = 'this machine';

export type GitCommitsOptions = {
  /** The same as for downloads: which hosts may be contacted. Read at every call. */
  readonly reach: () => LinkReach;
  readonly environment?: Environment;
  /** Which addresses a host name has. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
};

/**
 * Asks git which commits the refs of a repository point to: one process for each repository, at most four at a time,
 * never prompting. On most machines, git can answer for the user's own repositories; what git cannot answer stays
 * unknown.
 */
export function gitCommits(options: GitCommitsOptions): CommitLookup {
  const { environment } = options;
  const withSlot = limitConcurrency(MAX_CONCURRENT);
  return async (repoUrl, refs, signal) => {
    const requested = [...new Set(refs)].slice(0, MAX_REFS);
    if (requested.length === 0) return new Map();
    if (!(await mayContact(repoUrl, options)) || signal.aborted) return new Map();
    const patterns = requested.flatMap((ref) =>
      ref === null ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`],
    );
    const settings = { signal, timeoutMs: DEADLINE_MS, ...(environment && { environment }) };
    const args = ['ls-remote', '--', repoUrl, ...patterns];
    const result = await withSlot(() => queryRemote(args, settings)).catch(() => null);
    // Without git, or called off: the commits stay unknown, as every caller expects.
    return result === null || result.exitCode !== 0
      ? new Map()
      : commitsIn(result.stdout, requested);
  };
}

function commitsIn(
  output: string,
  refs: readonly (string | null)[],
): ReadonlyMap<string | null, string> {
  const lines = output.matchAll(/^([0-9a-f]{40,64})\t(.+)$/gm);
  const byName = new Map(Array.from(lines, ([, commit = '', name = '']) => [name, commit]));
  return new Map(
    refs.flatMap((ref) => {
      const names = ref === null ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
      const commit = names.map((name) => byName.get(name)).find((found) => found !== undefined);
      return commit === undefined ? [] : [[ref, commit]];
    }),
  );
}

/** The policy for links, for addresses of git: https and ssh to public hosts; in a rehearsal this machine too. */
export async function mayContact(
  address: string,
  { reach, environment = process.env, resolve = addressesOf }: GitCommitsOptions,
): Promise<boolean> {
  const host = hostOf(address);
  const isOnLoopback = reach() === 'loopback';
  if (host === null) return false;
  if (host === THIS_MACHINE) return isOnLoopback;
  const isPlain = /^(http|git):/i.test(address);
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  // Where only the proxy knows names, it also decides which hosts can be reached.
  if (addresses.length === 0) return !isPlain && hasProxy(environment);
  return addresses.every((each) => {
    const isPublic = isAddressAllowed(each, 'public');
    return isPublic ? !isPlain : isOnLoopback && isAddressAllowed(each, 'loopback');
  });
}

/** Null for what git should not be given, such as an option or a transport helper. */
function hostOf(address: string): string | null {
  if (/^([/\\]|[a-z]:[/\\]|file:)/i.test(address)) return THIS_MACHINE;
  const url = /^(https?|ssh|git):\/\//i.test(address) ? URL.parse(address) : null;
  if (url !== null) return url.hostname.replace(/^\[|\]$/g, '') || null;
  // The short form of SSH: `git@github.com:acme/shop`.
  return /^(?:[\w.-]+@)?([a-z0-9][a-z0-9.-]*):(?![/:])/i.exec(address)?.[1] ?? null;
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Lets at most `places` calls run at once; the others wait in their order. */
function limitConcurrency(max: number) {
  const waiting: (() => void)[] = [];
  let free = max;
  return async <Value>(act: () => Promise<Value>): Promise<Value> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
