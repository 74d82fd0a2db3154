/** A repository of the simulated account. */
export type RegisteredRepository = {
  /** As clients name it, e.g. `https://github.com/owner/name`. */
  readonly url: string;
  /** Where git finds it, if that differs from the URL. */
  readonly location?: string;
};

/** A model of the account in addition to those of the catalog. */
export type AccountModel = {
  readonly id: string;
  /** Absent if every parameter is accepted. */
  readonly parameters?: readonly { readonly id: string; readonly values: readonly string[] }[];
};

export type RehearsalOptions = {
  /** 0 means any free port. */
  readonly port: number;
  readonly home: string;
  /** Time between two words, in simulated milliseconds; 0 is as fast as possible. */
  readonly paceMs: number;
  /** Factor by which simulated time runs faster than real time. */
  readonly timeScale: number;
  /** Minutes without a request or a live run after which the process exits; 0 means never. */
  readonly idleMinutes: number;
  /** Rejects commit ids as `startingRef`, as the live API was observed to do. */
  readonly strictSha: boolean;
  /** Allows the script instruction `run`. */
  readonly allowRun: boolean;
  /** Limits `GET /v1/repositories` to 1 a minute and 30 an hour, as Cursor does. */
  readonly limitRepositories: boolean;
  readonly repositories: readonly RegisteredRepository[];
  readonly models: readonly AccountModel[];
  /** Worker pools in addition to `default`. Their agents run here, like all others. */
  readonly pools: readonly string[];
  /** Real milliseconds. */
  readonly heartbeat: { readonly firstMs: number; readonly intervalMs: number };
  /** How long a stream can be read after its run has ended. Cursor does not publish its value. */
  readonly retentionSeconds: number;
  /** Lifetime of a download link in real seconds. */
  readonly linkSeconds: number;
};

export const defaultOptions = {
  port: 0,
  paceMs: 40,
  timeScale: 1,
  idleMinutes: 30,
  strictSha: false,
  allowRun: false,
  limitRepositories: true,
  repositories: [],
  models: [],
  pools: [],
  heartbeat: { firstMs: 30_000, intervalMs: 15_000 },
  retentionSeconds: 86_400,
  linkSeconds: 900,
} as const satisfies Omit<RehearsalOptions, 'home'>;

/** Parses `URL`, or `URL=PATH` where PATH is the location of the repository on this machine. */
export function parseRepository(text: string): RegisteredRepository {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^=]+|[^=/]+\.[^=]+)=(.+)$/i.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return { url: text };
  return { url: match[1], location: match[2] };
}

/** Parses `ID`, or `ID PARAMETER=VALUE,VALUE …`, which limits the parameters; `undefined` if it is neither. */
export function parseModel(text: string): AccountModel | undefined {
  const [id = '', ...words] = text.trim().split(/\s+/);
  if (id === '' || id.includes('=')) return undefined;
  if (words.length === 0) return { id };
  const parameters = words.map((word) => {
    const [name = '', list = ''] = word.split(/=(.*)/s);
    return { id: name, values: list.split(',').filter((value) => value !== '') };
  });
  const isWhole = parameters.every(({ id: name, values }) => name !== '' && values.length > 0);
  return isWhole ? { id, parameters } : undefined;
}
