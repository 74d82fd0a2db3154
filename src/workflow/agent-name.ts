type WithAgents = {
  readonly agents: readonly { readonly id: string; readonly name: string }[];
};

/** The name of an agent; its id if there is no such agent. */
export const agentName = ({ agents }: WithAgents, agentId: string): string =>
  agents.find(({ id }) => id === agentId)?.name ?? agentId;
