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
export function nextSelection(
  current: Selection,
  changed: Selection,
  isSelected = true,
): Selection {
  const isShown = current !== null && current.kind === changed?.kind && current.id === changed.id;
  if (isSelected) return isShown ? current : changed;
  return isShown ? null : current;
}

type Card = { readonly id: string; readonly selected?: boolean };

/**
 * The cards as they stand after something else is shown. React Flow tells of no selection that it already has, so a
 * card whose panel was closed would not open it again while it stays selected.
 */
export function syncCardSelection<Each extends Card>(
  cards: Each[],
  before: Selection,
  current: Selection,
): Each[] {
  const isSelected = (selection: Selection) =>
    selection?.kind === 'agent' &&
    cards.some(({ id, selected }) => id === selection.id && selected === true);
  if (current?.kind === 'agent')
    return isSelected(current)
      ? cards
      : cards.map((card) => ({ ...card, selected: card.id === current.id }));
  // A card that was let continue the drawing leaves the others of its selection alone.
  return isSelected(before) ? cards.map((card) => ({ ...card, selected: false })) : cards;
}
