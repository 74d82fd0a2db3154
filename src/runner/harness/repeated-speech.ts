/** What was said and is said again: items after the mark `after`, up to the mark `upTo`. */
export type Repetition = { readonly after: number; readonly upTo: number };

/** Shorter or simpler beginnings come twice on purpose: "No. No.", a row of dashes. */
const MIN_LENGTH = 12;
const MIN_WORDS = 3;
/** A text that is longer when it breaks off is shown twice; to compare without end would take time without end. */
const MAX_LENGTH = 50_000;
/** A row of dashes seems to begin again at each of them. */
const MAX_RESTARTS = 50;

type Restart = { readonly at: number; readonly mark: number };

/**
 * Notices that a text begins again from its first word, as it does when a service answers a request a second time in
 * the middle of its stream. Nothing on the wire tells that. It counts once everything that was said before has been said again.
 */
export class RepeatedSpeech {
  #text = '';
  /** The first `MAX_LENGTH` characters of it. */
  #beginning = '';
  #beganAfter = 0;
  /** Places where the text may have begun again; each matches the beginning up to now. */
  #restarts: Restart[] = [];

  /** What of the text since `reset` counts. */
  get text(): string {
    return this.#text;
  }

  /** Something else came between: what follows is another text. */
  reset(): void {
    this.#text = '';
    this.#beginning = '';
    this.#restarts = [];
  }

  /** Takes the next piece, which is about to become the item after `mark`. */
  add(piece: string, mark: number): Repetition | null {
    if (this.#text === '') this.#beganAfter = mark;
    const at = this.#text.length;
    const isPossible = at >= MIN_LENGTH && at <= MAX_LENGTH && this.#restarts.length < MAX_RESTARTS;
    if (isPossible) this.#restarts.push({ at, mark });
    this.#text += piece;
    if (at < MAX_LENGTH) this.#beginning += piece.slice(0, MAX_LENGTH - at);
    this.#restarts = this.#restarts.filter((restart) => this.#goesOn(restart, at, piece));
    const whole = this.#restarts.find((restart) => this.#isWhole(restart));
    if (whole === undefined) return null;
    const repetition = { after: this.#beganAfter, upTo: whole.mark };
    this.#text = this.#text.slice(whole.at);
    this.#beginning = this.#text.slice(0, MAX_LENGTH);
    this.#beganAfter = whole.mark;
    this.#restarts = [];
    return repetition;
  }

  /** Whether the piece that came at `at` is what stands at its place in the beginning, as far as that goes. */
  #goesOn(restart: Restart, at: number, piece: string): boolean {
    const place = at - restart.at;
    const expected = this.#beginning.slice(place, Math.min(place + piece.length, restart.at));
    return piece.startsWith(expected);
  }

  #isWhole({ at }: Restart): boolean {
    if (this.#text.length < 2 * at) return false;
    return this.#beginning.slice(0, at).trim().split(/\s+/).length >= MIN_WORDS;
  }
}
