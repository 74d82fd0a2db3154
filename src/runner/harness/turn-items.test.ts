import { describe, expect, it } from 'vitest';
import type { RawItem } from '../../transcript/item.ts';
import { notice, textItem, toolOutput } from './new-items.ts';
import { TurnItems } from './turn-items.ts';

function record() {
  const sent: RawItem[] = [];
  const items = new TurnItems(async (named) => void sent.push(...named));
  return { items, sent };
}

describe('the items of a turn', () => {
  it('have unique ids that are the same for the same turn', async () => {
    const names = async () => {
      const { items, sent } = record();
      await items.add([textItem('text', 'a'), toolOutput('c', 'stdout', 'b')]);
      await items.add([textItem('text', 'a')]);
      return sent.map(({ id }) => id);
    };
    expect(await names()).toEqual(['item-1', 'item-2', 'item-3']);
    expect(await names()).toEqual(await names());
  });

  it('between two marks can be retracted once', async () => {
    const { items, sent } = record();
    await items.add([textItem('text', 'before')]);
    const mark = items.mark();
    await items.add([textItem('thinking', 'a'), notice('info', 'stays'), textItem('text', 'b')]);
    items.retract(mark, items.mark());
    items.retract(mark, items.mark());
    expect(sent.filter(({ kind }) => kind === 'retracted')).toEqual([
      { kind: 'retracted', id: 'item-5', dataText: '{"itemIds":["item-2","item-4"]}' },
    ]);
  });

  it('are not retracted if there is no text', () => {
    const { items, sent } = record();
    items.retract(0, items.mark());
    expect(sent).toEqual([]);
  });
});
