import type { Result } from '../provider-error.ts';

/** How a harness reaches its provider. Looked up for every request, because keys can change at any time. */
export type Connection = {
  readonly apiKey: string;
  /** Default: the provider's own address. */
  readonly baseUrl?: string;
  readonly api?: 'chat-completions' | 'anthropic-messages' | 'responses';
  /** The program of a third-party harness. */
  readonly program?: {
    readonly path: string;
    readonly version: string;
    /** Claude only: the folder of the package that drives it. */
    readonly library?: string;
  };
  /** The user's own configuration folder of the harness, whose login is used instead of a key. */
  readonly configFolder?: string;
};

/** Looks up the connection of an entry of the provider library; undefined for attempts from before the library. */
export type Connect = (provider: string | undefined) => Promise<Result<Connection>>;

/** Sent by harnesses where no key is needed. */
export const NO_KEY = 'no-key';
