/** What a test does to the rehearsal cloud from outside: faults, time, and a look at what happened there. */
export type RehearsalControl = {
  /** Switches a fault on, and returns how to switch it off. */
  readonly fault: (match: object, effect: object) => Promise<() => Promise<void>>;
  /** Agents live through this much time at once, as `1h`. */
  readonly jump: (time: string) => Promise<void>;
  /** Agents live this many times faster from now on. */
  readonly speedUp: (scale: number) => Promise<void>;
  /** The status of the newest run of the agent with this name; null before there is one. */
  readonly runStatus: (agentName: string) => Promise<string | null>;
};

type LedgerAgent = {
  readonly name: string;
  readonly runs: readonly { readonly status: string }[];
};

export function rehearsalControl(urlNow: () => string): RehearsalControl {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${urlNow()}/rehearsal/${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    async fault(match, effect) {
      const { id } = (await ask('POST', 'faults', { match, effect })) as { id: string };
      return async () => void (await ask('DELETE', `faults/${id}`));
    },
    jump: async (time) => void (await ask('POST', 'time', { jump: time })),
    speedUp: async (scale) => void (await ask('POST', 'time', { scale })),
    async runStatus(agentName) {
      const { agents } = (await ask('GET', 'ledger')) as { agents: readonly LedgerAgent[] };
      const found = agents.find(({ name }) => name.includes(agentName));
      return found?.runs.at(-1)?.status ?? null;
    },
  };
}
