import { expect, it } from 'vitest';
import { sampleEvent } from '../../../testing/sample-session.ts';
import type { EventView } from '../../contract/event-views.ts';
import { Transcript } from './transcript.ts';

const item = (kind: string, data: object, itemId?: string): EventView =>
  sampleEvent('TranscriptItem', {
    turnId: 'turn-1',
    item: { kind, ...data },
    ...(itemId === undefined ? {} : { itemId }),
  });
const text = (words: string, itemId: string) => item('text', { text: words }, itemId);
const retracted = (...itemIds: string[]) => item('retracted', { itemIds });
const call = (status: string) => item('tool-call', { callId: 'c', name: 'Bash', status });

const shown = (transcript: Transcript) =>
  transcript.rows.map((row) => ('text' in row ? row.text : row.kind));

function read(...events: readonly EventView[]): Transcript {
  const transcript = new Transcript();
  transcript.append(events);
  return transcript;
}

it('shows a text once that was said again after a cut', () => {
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

it('takes whole rows away, and still finds the tool calls behind them', () => {
  const transcript = read(text('Gone', '1'), call('running'));
  transcript.append([retracted('1'), call('completed')]);
  expect(shown(transcript)).toEqual(['tool']);
  expect(transcript.rows[0]).toMatchObject({ status: 'completed' });
});

it('takes its part away of a text that was cut into rows', () => {
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

it('does not show it either when the part that it stands in is loaded later', () => {
  const early = [text('Half', '1'), text(' kept', '2')];
  const transcript = read(retracted('1'), text('Half of it.', '4'));
  transcript.prepend(early);
  expect(shown(transcript).join('')).toBe(' keptHalf of it.');
});

it('keeps what another turn said under the same name', () => {
  const other = { ...text('Mine', '1'), turnId: 'turn-0' };
  expect(shown(read(other, retracted('1')))).toEqual(['Mine']);
});

it('takes away what stands in a part that was loaded before', () => {
  const early = [call('running'), text('Gone. ', '1'), text('Kept', '2')];
  const transcript = read(text(' as well', '3'));
  transcript.prepend(early);
  transcript.append([retracted('1')]);
  expect(shown(transcript)).toEqual(['tool', 'Kept as well']);
});

it('takes away no more than was said again where the text began in an earlier part', () => {
  const early = [text('Kept', '1')];
  const transcript = read(text(' as well', '2'));
  transcript.prepend(early);
  transcript.append([text(', and gone', '3'), retracted('3')]);
  expect(shown(transcript)).toEqual(['Kept as well']);
});
