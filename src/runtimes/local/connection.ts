import type { Result } from '../provider-error.ts';

/** How a harness reaches its provider now: looked up for every request, since keys change without a restart. */
export type Connection = {
  readonly apiKey: string;
  /** Absent: the provider's own address. */
  readonly baseUrl?: string;
  readonly api?: 'chat-completions' | 'anthropic-messages' | 'responses';
  /** The harness, where it is a program of its own. */
  readonly program?: {
    readonly path: string;
    readonly version: string;
    /** Of Claude: the folder of the package that drives it. */
    readonly library?: string;
  };
  /** The person's own folder of the harness, whose login is used instead of a key. */
  readonly configFolder?: string;
};

/** By the entry of the provider library; without one, that of older attempts. */
export type Connect = (provider: string | undefined) => Promise<Result<Connection>>;

/** Where no key is needed: what harnesses send all the same. */
export const NO_KEY = 'no-key';
