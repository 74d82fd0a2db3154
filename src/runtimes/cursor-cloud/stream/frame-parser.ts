import { createParser, ParseError } from 'eventsource-parser';
import { idName } from '../outside-names.ts';
import type { Frame } from './frame.ts';

export const MAX_FRAME_CHARACTERS = 8 * 1024 * 1024;

/** Text in, frames out: any line ending, any cut. A frame that is too large is left out and reported. */
export type FrameParser = { feed(text: string): void };

export type FrameParserEvents = {
  onFrame(frame: Frame): void;
  onOversized(): void;
};

const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/;

export function createFrameParser(
  events: FrameParserEvents,
  maxFrameCharacters = MAX_FRAME_CHARACTERS,
): FrameParser {
  let hasOverflowed = false;
  /** While leaving out a frame: the end of what was read, because a blank line may be cut in two. */
  let tail: string | undefined;

  const parser = createParser({
    maxBufferSize: maxFrameCharacters,
    onEvent: ({ event, id, data }) => {
      const name = event ?? 'message';
      // An id goes back in a header, where anything but printable text would fail forever.
      const isUsable = id !== undefined && idName.safeParse(id).success;
      events.onFrame(isUsable ? { event: name, id, data } : { event: name, data });
    },
    onError: (error) => {
      // Unknown fields and other oddities inside a frame are ignored, as the standard asks.
      if (error instanceof ParseError && error.type === 'max-buffer-size-exceeded') {
        hasOverflowed = true;
      }
    },
  });

  /** Reads on behind the blank line that ends the oversized frame. */
  function skip(text: string): void {
    const pending = (tail ?? '') + text;
    const end = BLANK_LINE.exec(pending);
    if (end === null) {
      tail = endOf(pending);
      return;
    }
    tail = undefined;
    feed(pending.slice(end.index + end[0].length));
  }

  function feed(text: string): void {
    if (text === '') return;
    if (tail !== undefined) {
      skip(text);
      return;
    }
    parser.feed(text);
    if (!hasOverflowed) return;
    hasOverflowed = false;
    parser.reset();
    events.onOversized();
    // What overflowed was the unfinished end of the text, so the blank line is still to come.
    tail = endOf(text);
  }

  return { feed };
}

/** As much of the end as the first part of a blank line can be. */
function endOf(text: string): string {
  const end = text.slice(-3);
  const blank = BLANK_LINE.exec(end);
  return blank === null ? end : end.slice(blank.index + blank[0].length);
}
