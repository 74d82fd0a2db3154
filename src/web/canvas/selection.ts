import type { AgentId, ConnectionId } from '../../workflow/ids.ts';

/** What the panel at the side shows. */
export type Selection =
  | { readonly kind: 'agent'; readonly id: AgentId }
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  | null;

/**
 * What is shown after something was selected or let go. Letting go of what is not shown changes nothing, so the
 * order in which the canvas tells of both does not matter.
 */
export function selectionAfter(shown: Selection, told: Selection, isSelected = true): Selection {
  const isShown = shown !== null && shown.kind === told?.kind && shown.id === told.id;
  if (isSelected) return isShown ? shown : told;
  return isShown ? null : shown;
}
