import { expect, test } from 'vitest';
import { agentId, connectionId } from '../../workflow/ids.ts';
import { type Selection, syncCardSelection } from './selection.ts';

const agent = (id: string): Selection => ({ kind: 'agent', id: agentId(id) });
const connection: Selection = { kind: 'connection', id: connectionId('a-b') };
const cardsOf = (...chosen: string[]) =>
  ['a', 'b', 'c'].map((id) => ({ id, selected: chosen.includes(id) }));

test('a card whose panel was closed is selected no more, so that it can be selected again', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), null)).toEqual(cardsOf());
  expect(syncCardSelection(cardsOf('a', 'b'), agent('b'), null)).toEqual(cardsOf());
});

test('a card is let go for a connection that is shown instead', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), connection)).toEqual(cardsOf());
});

test('a card that is shown is selected alone, unless it is one of a selection already', () => {
  expect(syncCardSelection(cardsOf('a'), agent('a'), agent('c'))).toEqual(cardsOf('c'));
  expect(syncCardSelection(cardsOf('a', 'b'), agent('a'), agent('b'))).toEqual(cardsOf('a', 'b'));
});

test('a card that was let continue the drawing leaves the rest of the selection alone', () => {
  expect(syncCardSelection(cardsOf('a'), agent('b'), null)).toEqual(cardsOf('a'));
});
