import type { Fields } from '../../lib/fields.ts';
import type { Tone } from '../terminal/lines.ts';
import type { EventNames } from './event-names.ts';

/** A sentence about an event. Minor ones appear in the log, but are not reported while watching. */
export type EventSentence = {
  readonly text: string;
  readonly tone: Tone;
  readonly isMinor: boolean;
};

export type Describe = (event: Fields, names: EventNames) => EventSentence | null;

export const transition = (text: string, tone: Tone = 'plain'): EventSentence => ({
  text,
  tone,
  isMinor: false,
});
export const minor = (text: string): EventSentence => ({ text, tone: 'quiet', isMinor: true });
