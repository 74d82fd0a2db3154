import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isAddressAllowed, type LinkReach } from '../../artifacts/link-policy.ts';
import { type Environment, queryRemote } from '../../lib/git.ts';
import { hasProxy } from '../../lib/proxies.ts';
import type { CommitLookup } from '../context.ts';

const DEADLINE_MS = 5_000;
const MAX_CONCURRENT = 4;
/** A run has few branches. Further ones are not looked up, so that a response cannot cause unbounded work. */
const MAX_REFS = 200;
const THIS_MACHINE = 'this machine';

export type GitCommitsOptions = {
  /** The hosts that may be contacted, as for downloads. Read at every call. */
  readonly reach: () => LinkReach;
  readonly environment?: Environment;
  /** Resolves a host name to its addresses. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
};

/**
 * Looks up commits with `git ls-remote`: one process per repository, at most `MAX_CONCURRENT` at a time, without prompts.
 * Refs that git cannot resolve stay unknown.
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
    // If git cannot be started or the call was aborted, the commits stay unknown, which callers expect.
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
      const commit = names.map((name) => byName.get(name)).find((each) => each !== undefined);
      return commit === undefined ? [] : [[ref, commit]];
    }),
  );
}

/** Whether git may contact an address: https and ssh to public hosts, and in a rehearsal also this machine. */
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
  // If only the proxy resolves names, it also decides which hosts can be reached.
  if (addresses.length === 0) return !isPlain && hasProxy(environment);
  return addresses.every((each) => {
    const isPublic = isAddressAllowed(each, 'public');
    return isPublic ? !isPlain : isOnLoopback && isAddressAllowed(each, 'loopback');
  });
}

/** The host of an address; null for values that must not be passed to git, such as options or transport helpers. */
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

/** Runs at most `max` calls at once; others wait in order. */
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
