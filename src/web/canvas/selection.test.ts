import { expect, test } from 'vitest';
import { agentId, connectionId } from '../../workflow/ids.ts';
import { type Selection, syncCardSelection } from './selection.ts';

const agent = (id: string): Selection => ({ kind: 'agent', id: agentId(id) });
const connection: Selection = { kind: 'connection', id: connectionId('a-b') };
const cardsOf = (...chosen: string[]) =>
  ['a', 'b', 'c'].map((id) => ({ id, selected: chosen.includes(id) }));

test('deselects a card whose panel was closed, so that it can be selected again', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), null)).toEqual(cardsOf());
  expect(syncCardSelection(cardsOf('a', 'b'), agent('b'), null)).toEqual(cardsOf());
});

test('deselects a card when a connection is selected', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), connection)).toEqual(cardsOf());
});

test('selects a card alone, unless it is part of a multiple selection', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), agent('c'))).toEqual(cardsOf('c'));
  expect(syncCardSelection(cardsOf('a', 'b'), agent('a'), agent('b'))).toEqual(cardsOf('a', 'b'));
});

test('keeps the rest of a multiple selection when one card is deselected', () => {
  expect(syncCardSelection(cardsOf('a'), agent('b'), null)).toEqual(cardsOf('a'));
});
