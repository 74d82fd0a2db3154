import { expect, it } from 'vitest';
import fc from '../../../../testing/properties.ts';
import type { Frame } from './frame.ts';
import { createFrameParser } from './frame-parser.ts';

function parse(pieces: readonly string[], maxFrameCharacters?: number) {
  const frames: Frame[] = [];
  let oversized = 0;
  const parser = createFrameParser(
    {
      onFrame: (frame) => void frames.push(frame),
      onOversized: () => {
        oversized += 1;
      },
    },
    maxFrameCharacters,
  );
  for (const piece of pieces) parser.feed(piece);
  return { frames, oversized };
}

function cutAt(text: string, points: readonly number[]): string[] {
  const sorted = [0, ...[...points].sort((left, right) => left - right), text.length];
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

const text =
  'id: 1-0\nevent: assistant\ndata: {"text":"Hi"}\n\n: comment\n\nretry: 5\n\n' +
  'event: done\ndata: {}\n\n';
const expected = [
  { event: 'assistant', id: '1-0', data: '{"text":"Hi"}' },
  { event: 'done', data: '{}' },
];

it.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('parses %s framing however it is split', (_, ending) => {
  const body = text.replaceAll('\n', ending);
  fc.assert(
    fc.property(fc.array(fc.nat(body.length), { maxLength: 8 }), (points) => {
      // A final bare CR may be the first half of CRLF, so the last frame waits for one more line.
      const { frames } = parse([...cutAt(body, points), ':']);
      expect(frames).toEqual(expected);
    }),
  );
});

it.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
])('skips an oversized frame and continues, however %s framing is split', (_, ending) => {
  const body = `id: 0-0\nevent: tool_call\ndata: ${'x'.repeat(500)}\n\n${text}`.replaceAll(
    '\n',
    ending,
  );
  fc.assert(
    fc.property(fc.array(fc.nat(480), { minLength: 1, maxLength: 5 }), (points) => {
      const { frames, oversized } = parse(
        cutAt(
          body,
          points.map((point) => Math.max(point, 150)),
        ),
        100,
      );
      expect(oversized).toBe(1);
      expect(frames).toEqual(expected);
    }),
  );
});

it('ignores an incomplete last frame', () => {
  expect(parse(['id: 1-0\nevent: assistant\ndata: {"te']).frames).toEqual([]);
});
