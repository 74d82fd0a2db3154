import { expect, it } from 'vitest';
import { ChunkNormalizer } from './chunk-normalizer.ts';

const call = (fields: object) => ({ choices: [{ delta: { tool_calls: [fields] } }] });
const indexesOf = (...calls: readonly object[]) => {
  const normalizer = new ChunkNormalizer();
  return calls.map((one) => {
    // The shape that is made above.
    const chunk = normalizer.read(call(one)) as {
      choices: { delta: { tool_calls: { index: number }[] } }[];
    };
    return chunk.choices[0]?.delta.tool_calls[0]?.index;
  });
};
const named = (name: string, more: object = {}) => ({ function: { name }, ...more });
const args = (text: string, more: object = {}) => ({ function: { arguments: text }, ...more });

it('distinguishes calls by index, by id, and by name', () => {
  expect(
    indexesOf(
      named('a', { index: 0, id: 'x' }),
      args('{}', { index: 0 }),
      named('b', { index: 1, id: 'y' }),
    ),
  ).toEqual([0, 0, 1]);
  expect(indexesOf(named('a', { index: 0, id: 'x' }), named('b', { index: 0, id: 'y' }))).toEqual([
    0, 1,
  ]);
  expect(
    indexesOf(named('a', { id: 'x' }), args('{', { id: 'x' }), named('b', { id: 'y' }), args('}')),
  ).toEqual([0, 0, 1, 1]);
  expect(indexesOf(named('a'), args('{'), named('b'))).toEqual([0, 0, 1]);
  expect(indexesOf(named('a', { index: '0' }), args('{', { index: '0' }))).toEqual([0, 0]);
});

it('converts arguments from an object to text, and a complete message to a delta', () => {
  const message = {
    role: 'assistant',
    tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }],
  };
  expect(
    new ChunkNormalizer().read({ choices: [{ message, finish_reason: 'stop' }] }),
  ).toMatchObject({
    choices: [
      {
        delta: { tool_calls: [{ function: { name: 'a', arguments: '{"x":1}' } }] },
        finish_reason: 'stop',
      },
    ],
  });
});

it('accepts errors and usage in other places, and chunks without choices', () => {
  const normalizer = new ChunkNormalizer();
  expect(normalizer.read({ error: 'model is loading' })).toEqual({
    error: { message: 'model is loading' },
  });
  expect(normalizer.read({ choices: null })).toMatchObject({ choices: [] });
  expect(normalizer.read({ choices: [], x_groq: { usage: { prompt_tokens: 3 } } })).toMatchObject({
    usage: { prompt_tokens: 3 },
  });
});

it('returns the missing finish chunk of a complete stream', () => {
  const normalizer = new ChunkNormalizer();
  normalizer.read(call(named('a')));
  expect(normalizer.missingEnd).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
  normalizer.read({ choices: [{ delta: {}, finish_reason: 'tool_calls' }] });
  expect(normalizer.missingEnd).toBeUndefined();
});
