import { expect, it } from 'vitest';
import { sampleEvent } from '../../../../testing/sample-session.ts';
import type { EventView } from '../../../contract/event-views.ts';
import { Transcript } from './transcript.ts';

const item = (kind: string, data: object, itemId?: string): EventView =>
  sampleEvent('TranscriptItem', {
    turnId: 'turn-1',
    item: { kind, ...data },
    ...(itemId === undefined ? {} : { itemId }),
  });
const text = (content: string, itemId: string) => item('text', { text: content }, itemId);
const retracted = (...itemIds: string[]) => item('retracted', { itemIds });
const call = (status: string) => item('tool-call', { callId: 'c', name: 'Bash', status });

const shown = (transcript: Transcript) =>
  transcript.rows.map((row) => ('text' in row ? row.text : row.kind));

function read(...events: readonly EventView[]): Transcript {
  const transcript = new Transcript();
  transcript.append(events);
  return transcript;
}

it('shows text once that was streamed again after an interruption', () => {
  const transcript = read(
    text('Before. ', '1'),
    text('Half ', '2'),
    text('of it', '3'),
    retracted('2', '3'),
    item('boundary', {}),
    text('Half of it and the rest.', '5'),
  );
  expect(shown(transcript)).toEqual(['Before. \n\nHalf of it and the rest.']);
});

it('removes whole rows, and still finds the tool calls after them', () => {
  const transcript = read(text('Gone', '1'), call('running'));
  transcript.append([retracted('1'), call('completed')]);
  expect(shown(transcript)).toEqual(['tool']);
  expect(transcript.rows[0]).toMatchObject({ status: 'completed' });
});

it('removes its part of a text that was split into rows', () => {
  const paragraph = `${'word '.repeat(500)}\n\n`;
  const transcript = read(
    text(paragraph, '1'),
    text(paragraph, '2'),
    text('the end', '3'),
    retracted('2'),
  );
  expect(transcript.rows.length).toBeGreaterThan(1);
  const whole = shown(transcript).join('\n\n');
  expect(whole.match(/word/g)).toHaveLength(500);
  expect(whole.endsWith('the end')).toBe(true);
});

it('applies to parts that are loaded later', () => {
  const early = [text('Half', '1'), text(' kept', '2')];
  const transcript = read(retracted('1'), text('Half of it.', '4'));
  transcript.prepend(early);
  expect(shown(transcript).join('')).toBe(' keptHalf of it.');
});

it('keeps items of another turn with the same id', () => {
  const other = { ...text('Mine', '1'), turnId: 'turn-0' };
  expect(shown(read(other, retracted('1')))).toEqual(['Mine']);
});

it('removes items in a part that was loaded earlier', () => {
  const early = [call('running'), text('Gone. ', '1'), text('Kept', '2')];
  const transcript = read(text(' as well', '3'));
  transcript.prepend(early);
  transcript.append([retracted('1')]);
  expect(shown(transcript)).toEqual(['tool', 'Kept as well']);
});

it('removes only its own text where the row began in an earlier part', () => {
  const early = [text('Kept', '1')];
  const transcript = read(text(' as well', '2'));
  transcript.prepend(early);
  transcript.append([text(', and gone', '3'), retracted('3')]);
  expect(shown(transcript)).toEqual(['Kept as well']);
});
