import type { AgentId, ConnectionId } from '../../workflow/ids.ts';

/** What the panel at the side shows. */
export type Selection =
  | { readonly kind: 'agent'; readonly id: AgentId }
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  | null;
