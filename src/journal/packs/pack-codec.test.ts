import { expect, test } from 'vitest';
import fc from '../../../testing/properties.ts';
import { type PackedItem, packItems, unpackItems } from './pack-codec.ts';
import { VarintReader, VarintWriter } from './varint.ts';

const words = 'the agent reads what it finds and says so in a few short words each'.split(' ');

/** A delta a word, a few milliseconds apart, as a model streams them. */
function ordinaryDeltas(count: number): PackedItem[] {
  return Array.from({ length: count }, (_, index) => {
    const at = 1_790_000_000_000 + index * 37 + ((index * 7) % 11);
    const text = `${words[(index * index + 3 * index) % words.length]} `;
    return {
      position: 5_000 + index,
      seq: 20 + index,
      at,
      name: 'text',
      id: `${at - 4}-0`,
      payload: JSON.stringify({ text }),
    };
  });
}

const anyItem = fc.record({
  position: fc.nat(),
  seq: fc.nat(),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  name: fc.constantFrom('text', 'thinking', 'tool-call', 'other', 'später'),
  id: fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.constantFrom('1790000000001-0', '01-2', '1-02', '-', '9007199254740993-0'),
  ),
  payload: fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ text })),
    fc.json(),
    fc.constantFrom(
      '{"text":"\\u0041"}',
      '{"text":"a" }',
      '{"text":"\\ud800"}',
      '{"text":1}',
      '{"text":"a',
    ),
  ),
});

test('returns every item to the byte', () => {
  fc.assert(
    fc.property(fc.array(anyItem, { maxLength: 60 }), (items) => {
      expect(unpackItems(packItems(items))).toEqual(items);
    }),
  );
});

test('needs less than 20 bytes for an ordinary delta of text', () => {
  const items = ordinaryDeltas(1_000);
  const block = packItems(items);
  expect(block.length / items.length).toBeLessThan(20);
  expect(unpackItems(block)).toEqual(items);
});

test('says that a block is damaged instead of giving other items', () => {
  const block = packItems(ordinaryDeltas(50));
  expect(() => unpackItems(block.subarray(0, block.length - 3))).toThrow();
  expect(() => unpackItems(new Uint8Array([1, 2, 3]))).toThrow();
});

test('numbers come back whole, large and negative ones too', () => {
  const safe = fc.maxSafeInteger().filter((value) => Math.abs(value) <= 2 ** 51);
  fc.assert(
    fc.property(fc.array(safe), (values) => {
      const writer = new VarintWriter();
      for (const value of values) writer.write(value);
      const reader = new VarintReader(writer.bytes);
      expect(values.map(() => reader.read())).toEqual(values);
    }),
  );
});
