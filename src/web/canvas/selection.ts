import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';

/** What the side panel shows. */
export type Selection =
  | { readonly kind: 'agent'; readonly id: AgentId }
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  | null;

/**
 * The selection after something was selected or deselected. Deselecting anything else changes nothing, so the order in
 * which React Flow reports both does not matter.
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

/** The selected agent, or both ends of the selected connection, its target last. */
export function selectedAgents(
  { agents, connections }: Pick<Workflow, 'agents' | 'connections'>,
  selection: Selection,
): Agent[] {
  const connection =
    selection?.kind === 'connection'
      ? connections.find(({ id }) => id === selection.id)
      : undefined;
  const ids =
    selection?.kind === 'agent'
      ? [selection.id]
      : connection === undefined
        ? []
        : [connection.source, connection.target];
  return ids.flatMap((wanted) => agents.find(({ id }) => id === wanted) ?? []);
}

type Card = { readonly id: string; readonly selected?: boolean };

/**
 * Updates the selected cards. React Flow does not report a selection that it already has, so a card whose panel was
 * closed has to be deselected.
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
  // Deselecting one card keeps the others of a multiple selection.
  return isSelected(before) ? cards.map((card) => ({ ...card, selected: false })) : cards;
}
