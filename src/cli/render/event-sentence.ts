import type { Fields } from '../../lib/fields.ts';
import type { Tone } from '../terminal/lines.ts';
import type { EventNames } from './event-names.ts';

/** What happened, in a sentence. `isMinor` facts stand in the log but are no transition to report while watching. */
export type EventSentence = {
  readonly text: string;
  readonly tone: Tone;
  readonly isMinor: boolean;
};

export type Describe = (event: Fields, names: EventNames) => EventSentence | null;

export const say = (text: string, tone: Tone = 'plain'): EventSentence => ({
  text,
  tone,
  isMinor: false,
});
export const note = (text: string): EventSentence => ({ text, tone: 'quiet', isMinor: true });
