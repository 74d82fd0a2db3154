/**
 * Rate limit for failed logins. Only failures are counted and rejected, so that an attacker cannot lock out the user who
 * knows the token.
 */
export class FailedLogins {
  readonly #times: number[] = [];
  readonly #now: () => number;
  readonly #limit: number;
  readonly #windowMs: number;

  constructor(now: () => number, limit = 20, windowMs = 60_000) {
    this.#now = now;
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Records a failure. Returns whether the limit is exceeded. */
  record(): boolean {
    const since = this.#now() - this.#windowMs;
    while (this.#times.length > 0 && (this.#times[0] ?? 0) <= since) this.#times.shift();
    if (this.#times.length >= this.#limit) return true;
    this.#times.push(this.#now());
    return false;
  }
}
