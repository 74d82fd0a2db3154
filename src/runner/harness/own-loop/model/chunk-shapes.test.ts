import { expect, it } from 'vitest';
import { ChunkShapes } from './chunk-shapes.ts';

const call = (fields: object) => ({ choices: [{ delta: { tool_calls: [fields] } }] });
const placesOf = (...calls: readonly object[]) => {
  const shapes = new ChunkShapes();
  return calls.map((one) => {
    // Its own shape, made above.
    const chunk = shapes.read(call(one)) as {
      choices: { delta: { tool_calls: { index: number }[] } }[];
    };
    return chunk.choices[0]?.delta.tool_calls[0]?.index;
  });
};
const named = (name: string, more: object = {}) => ({ function: { name }, ...more });
const args = (text: string, more: object = {}) => ({ function: { arguments: text }, ...more });

it('tells calls apart by index, by id, and by their names', () => {
  expect(
    placesOf(
      named('a', { index: 0, id: 'x' }),
      args('{}', { index: 0 }),
      named('b', { index: 1, id: 'y' }),
    ),
  ).toEqual([0, 0, 1]);
  expect(placesOf(named('a', { index: 0, id: 'x' }), named('b', { index: 0, id: 'y' }))).toEqual([
    0, 1,
  ]);
  expect(
    placesOf(named('a', { id: 'x' }), args('{', { id: 'x' }), named('b', { id: 'y' }), args('}')),
  ).toEqual([0, 0, 1, 1]);
  expect(placesOf(named('a'), args('{'), named('b'))).toEqual([0, 0, 1]);
  expect(placesOf(named('a', { index: '0' }), args('{', { index: '0' }))).toEqual([0, 0]);
});

it('writes arguments that came as an object as text, and takes a whole message for a delta', () => {
  const message = {
    role: 'assistant',
    tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }],
  };
  expect(new ChunkShapes().read({ choices: [{ message, finish_reason: 'stop' }] })).toMatchObject({
    choices: [
      {
        delta: { tool_calls: [{ function: { name: 'a', arguments: '{"x":1}' } }] },
        finish_reason: 'stop',
      },
    ],
  });
});

it('knows errors and usage wherever they stand, and chunks without choices', () => {
  const shapes = new ChunkShapes();
  expect(shapes.read({ error: 'model is loading' })).toEqual({
    error: { message: 'model is loading' },
  });
  expect(shapes.read({ choices: null })).toMatchObject({ choices: [] });
  expect(shapes.read({ choices: [], x_groq: { usage: { prompt_tokens: 3 } } })).toMatchObject({
    usage: { prompt_tokens: 3 },
  });
});

it('says what is missing at the end of a stream that ended well', () => {
  const shapes = new ChunkShapes();
  shapes.read(call(named('a')));
  expect(shapes.missingEnd).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
  shapes.read({ choices: [{ delta: {}, finish_reason: 'tool_calls' }] });
  expect(shapes.missingEnd).toBeUndefined();
});
