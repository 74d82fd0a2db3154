/** Items that a repetition replaces: those after the mark `after`, up to the mark `upTo`. */
export type Repetition = { readonly after: number; readonly upTo: number };

/** Shorter or simpler texts may be repeated on purpose: "No. No.", a row of dashes. */
const MIN_LENGTH = 12;
const MIN_WORDS = 3;
/** Repetitions of longer texts are not detected, to bound the time for comparisons. */
const MAX_LENGTH = 50_000;
/** A row of dashes looks like a restart at each of them. */
const MAX_RESTARTS = 50;

type Restart = { readonly at: number; readonly mark: number };

/**
 * Detects that a text restarts from its first word, as it does when a service answers a request again in the middle of
 * its stream. The protocol does not indicate that. A repetition counts once everything before it was repeated.
 */
export class RepeatedText {
  #text = '';
  /** The first `MAX_LENGTH` characters of the text. */
  #beginning = '';
  #startMark = 0;
  /** Positions where the text may have restarted; the text after each matches the beginning so far. */
  #restarts: Restart[] = [];

  /** The text since `reset`, without what was repeated. */
  get text(): string {
    return this.#text;
  }

  /** The next piece starts a new text. */
  reset(): void {
    this.#text = '';
    this.#beginning = '';
    this.#restarts = [];
  }

  /** Adds the next piece, which becomes the item after `mark`. Returns a repetition that it completes. */
  add(piece: string, mark: number): Repetition | null {
    if (this.#text === '') this.#startMark = mark;
    const at = this.#text.length;
    const isPossible = at >= MIN_LENGTH && at <= MAX_LENGTH && this.#restarts.length < MAX_RESTARTS;
    if (isPossible) this.#restarts.push({ at, mark });
    this.#text += piece;
    if (at < MAX_LENGTH) this.#beginning += piece.slice(0, MAX_LENGTH - at);
    this.#restarts = this.#restarts.filter((restart) => this.#stillMatches(restart, at, piece));
    const complete = this.#restarts.find((restart) => this.#isComplete(restart));
    if (complete === undefined) return null;
    const repetition = { after: this.#startMark, upTo: complete.mark };
    this.#text = this.#text.slice(complete.at);
    this.#beginning = this.#text.slice(0, MAX_LENGTH);
    this.#startMark = complete.mark;
    this.#restarts = [];
    return repetition;
  }

  /** Whether the piece at position `at` continues to match the beginning. */
  #stillMatches(restart: Restart, at: number, piece: string): boolean {
    const position = at - restart.at;
    const expected = this.#beginning.slice(position, Math.min(position + piece.length, restart.at));
    return piece.startsWith(expected);
  }

  #isComplete({ at }: Restart): boolean {
    if (this.#text.length < 2 * at) return false;
    return this.#beginning.slice(0, at).trim().split(/\s+/).length >= MIN_WORDS;
  }
}
