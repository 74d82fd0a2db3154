import type { AgentId, ConnectionId } from '../../workflow/ids.ts';

/** What the panel at the side shows. */
export type Selection =
  | { readonly kind: 'agent'; readonly id: AgentId }
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  | null;

/** The one that is shown already stays the very same, so that telling it again changes nothing. */
export function sameOr(shown: Selection, next: Selection): Selection {
  const isSame = shown !== null && shown.kind === next?.kind && shown.id === next.id;
  return isSame ? shown : next;
}
