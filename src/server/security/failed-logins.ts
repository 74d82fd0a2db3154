/**
 * Slows guessing down and makes it visible. Only failures are counted and refused: someone who guesses must not
 * be able to lock out the person who knows the token.
 */
export class FailedLogins {
  readonly #times: number[] = [];
  readonly #now: () => number;
  readonly #most: number;
  readonly #windowMs: number;

  constructor(now: () => number, most = 20, windowMs = 60_000) {
    this.#now = now;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** Notes one; true when there were too many lately. */
  record(): boolean {
    const since = this.#now() - this.#windowMs;
    while (this.#times.length > 0 && (this.#times[0] ?? 0) <= since) this.#times.shift();
    if (this.#times.length >= this.#most) return true;
    this.#times.push(this.#now());
    return false;
  }
}
