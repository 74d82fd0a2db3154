/** Controls the rehearsal cloud from a test: faults, time and the status of runs. */
export type RehearsalControl = {
  /** Activates a fault, and returns a function that removes it. */
  readonly fault: (match: object, effect: object) => Promise<() => Promise<void>>;
  /** Advances the agents' time by a duration such as `1h`. */
  readonly jump: (time: string) => Promise<void>;
  /** Sets the factor by which time passes faster for agents. */
  readonly setTimeScale: (scale: number) => Promise<void>;
  /** The status of the latest run of the agent with this name; null if there is none. */
  readonly runStatus: (agentName: string) => Promise<string | null>;
};

type LedgerAgent = {
  readonly name: string;
  readonly runs: readonly { readonly status: string }[];
};

export function rehearsalControl(currentUrl: () => string): RehearsalControl {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${currentUrl()}/rehearsal/${path}`, {
      method,
      // A connection that was kept open may be closed just now.
      headers: { connection: 'close', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    async fault(match, effect) {
      const { id } = (await call('POST', 'faults', { match, effect })) as { id: string };
      return async () => void (await call('DELETE', `faults/${id}`));
    },
    jump: async (time) => void (await call('POST', 'time', { jump: time })),
    setTimeScale: async (scale) => void (await call('POST', 'time', { scale })),
    async runStatus(agentName) {
      const { agents } = (await call('GET', 'ledger')) as { agents: readonly LedgerAgent[] };
      const agent = agents.find(({ name }) => name.includes(agentName));
      return agent?.runs.at(-1)?.status ?? null;
    },
  };
}
