import { createParser, ParseError } from 'eventsource-parser';
import { idName } from '../untrusted-names.ts';
import type { Frame } from './frame.ts';

export const MAX_FRAME_CHARACTERS = 8 * 1024 * 1024;

/** Parses frames from text that may be split anywhere, with any line ending. Oversized frames are skipped and reported. */
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
  /** While skipping a frame: the end of the text so far, because a blank line may be split between two chunks. */
  let tail: string | undefined;

  const parser = createParser({
    maxBufferSize: maxFrameCharacters,
    onEvent: ({ event, id, data }) => {
      const name = event ?? 'message';
      // The id is sent back in a header, so it must be printable text.
      const isUsable = id !== undefined && idName.safeParse(id).success;
      events.onFrame(isUsable ? { event: name, id, data } : { event: name, data });
    },
    onError: (error) => {
      // Unknown fields and other errors inside a frame are ignored, as the standard requires.
      if (error instanceof ParseError && error.type === 'max-buffer-size-exceeded') {
        hasOverflowed = true;
      }
    },
  });

  /** Continues after the blank line that ends the oversized frame. */
  function skip(text: string): void {
    const pending = (tail ?? '') + text;
    const end = BLANK_LINE.exec(pending);
    if (end === null) {
      tail = possibleBlankLineStart(pending);
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
    // The unfinished end of the text overflowed, so the blank line is still to come.
    tail = possibleBlankLineStart(text);
  }

  return { feed };
}

/** The end of the text that may be the start of a blank line. */
function possibleBlankLineStart(text: string): string {
  const end = text.slice(-3);
  const blank = BLANK_LINE.exec(end);
  return blank === null ? end : end.slice(blank.index + blank[0].length);
}
