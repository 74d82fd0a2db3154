import type { Fields } from '../../lib/fields.ts';
import type { Tone } from '../terminal/lines.ts';

/** What happened, in a sentence. `isMinor` facts stand in the log but are no transition to report while watching. */
export type EventSentence = {
  readonly text: string;
  readonly tone: Tone;
  readonly isMinor: boolean;
};

export type Describe = (event: Fields, nameOf: (agentId: string) => string) => EventSentence | null;

export const say = (text: string, tone: Tone = 'plain'): EventSentence => ({
  text,
  tone,
  isMinor: false,
});
export const note = (text: string): EventSentence => ({ text, tone: 'quiet', isMinor: true });
