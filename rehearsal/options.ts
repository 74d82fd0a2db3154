/** A repository that the local account knows. */
export type RegisteredRepository = {
  /** As clients name it, e.g. `https://github.com/owner/name`. */
  readonly url: string;
  /** Where it really lies, when that is somewhere else. */
  readonly location?: string;
};

/** A model that the account has next to those of the catalog. */
export type AccountModel = {
  readonly id: string;
  /** Absent when any parameter is good. */
  readonly parameters?: readonly { readonly id: string; readonly values: readonly string[] }[];
};

export type RehearsalOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly home: string;
  /** Time between two words, in simulated milliseconds; 0 is as fast as possible. */
  readonly paceMs: number;
  /** How many times faster than real time the agents live. */
  readonly timeScale: number;
  /** Ends the process after so many minutes without request and live run; 0 never. */
  readonly idleMinutes: number;
  /** Refuses commit ids as `startingRef`, as the live API was seen to do. */
  readonly strictSha: boolean;
  /** Permits the script instruction `run`. */
  readonly allowRun: boolean;
  /** Limits `GET /v1/repositories` to 1 a minute and 30 an hour, as Cursor does. */
  readonly limitRepositories: boolean;
  readonly repositories: readonly RegisteredRepository[];
  readonly models: readonly AccountModel[];
  /** Worker pools next to `default`. Their agents are carried out here, as all others. */
  readonly pools: readonly string[];
  /** Real milliseconds. */
  readonly heartbeat: { readonly firstMs: number; readonly intervalMs: number };
  /** How long a stream can be read after its run ended. Cursor's number is unpublished. */
  readonly retentionSeconds: number;
  /** Real seconds that a download link is good for. */
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

/** `URL`, or `URL=PATH` for a name that clients use and the place where it really lies. */
export function parseRepository(text: string): RegisteredRepository {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^=]+|[^=/]+\.[^=]+)=(.+)$/i.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return { url: text };
  return { url: match[1], location: match[2] };
}

/** `ID`, or `ID PARAMETER=VALUE,VALUE …` to say which parameters it has; `undefined` when it is neither. */
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
