import { z } from 'zod';
import { JournalFailure } from '../../journal/disk-trouble.ts';
import type { Journal } from '../../journal/types.ts';
import { hashOf, isSameSecret, newSecret } from './secrets.ts';

/** A one-time code is good for the moment between printing it and opening the page. */
export const CODE_LIFETIME_MS = 60_000;
/** A browser that was not seen for this long has to log in again. */
export const LOGIN_LIFETIME_MS = 30 * 24 * 3_600_000;
/** Codes that wait at once; more than a person could open. */
const MOST_CODES = 32;
const KEY = 'browser-login:';

const storedLogin = z.object({ csrfToken: z.string(), seenAt: z.number() });
const storedName = z.string().regex(/^cerevisor_[0-9a-zA-Z_-]+$/);

export type BrowserLogin = { readonly csrfToken: string };

/**
 * Logged-in browsers. They are kept (by the hash of their cookie), so that an open tab continues after a restart
 * of the daemon. Cookies know no ports: another local service may be sent ours, which is why its name and value
 * cannot be guessed and why mutations also need the CSRF token, which is told once and stays in the page's storage.
 */
export class Logins {
  readonly cookieName: string;
  readonly #codes = new Map<string, number>();
  readonly #facts: Journal['facts'];
  readonly #now: () => number;

  constructor(facts: Journal['facts'], now: () => number) {
    this.#facts = facts;
    this.#now = now;
    const known = storedName.safeParse(facts.get('cookie-name'));
    this.cookieName = known.success ? known.data : `cerevisor_${newSecret().slice(0, 16)}`;
    if (!known.success) facts.set('cookie-name', this.cookieName);
    this.#forgetOld();
  }

  /** A code that logs one browser in, once, within `CODE_LIFETIME_MS`. */
  newCode(): string {
    const code = newSecret();
    this.#codes.set(hashOf(code), this.#now() + CODE_LIFETIME_MS);
    for (const [hash, until] of this.#codes) {
      if (until <= this.#now() || this.#codes.size > MOST_CODES) this.#codes.delete(hash);
    }
    return code;
  }

  /** Exchanges a code for a cookie value and its CSRF token; null when it is wrong, used or too old. */
  redeem(code: string): (BrowserLogin & { readonly cookie: string }) | null {
    const hash = hashOf(code);
    const until = this.#codes.get(hash);
    if (until === undefined || until <= this.#now()) {
      this.#codes.delete(hash);
      return null;
    }
    const cookie = newSecret();
    const csrfToken = newSecret();
    // The code is used up by the login that it gave: a disk that refuses leaves it for the next try.
    this.#facts.set(KEY + hashOf(cookie), { csrfToken, seenAt: this.#now() });
    this.#codes.delete(hash);
    return { cookie, csrfToken };
  }

  /** The login that a cookie stands for. */
  find(cookie: string): BrowserLogin | null {
    const key = KEY + hashOf(cookie);
    const stored = storedLogin.safeParse(this.#facts.get(key));
    if (!stored.success) return null;
    const { csrfToken, seenAt } = stored.data;
    const ageMs = this.#now() - seenAt;
    if (ageMs > LOGIN_LIFETIME_MS) return null;
    // Once a day is exact enough for a lifetime of 30, and spares a write with every request. A clock that was ahead
    // and was set back must not lengthen it.
    if (ageMs > 24 * 3_600_000 || ageMs < 0) this.#noteSeen(key, csrfToken);
    return { csrfToken };
  }

  /** A disk that refuses logs nobody out: it is noted with a later request. */
  #noteSeen(key: string, csrfToken: string): void {
    try {
      this.#facts.set(key, { csrfToken, seenAt: this.#now() });
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
    }
  }

  isCsrfToken(login: BrowserLogin, token: string | undefined): boolean {
    return token !== undefined && isSameSecret(login.csrfToken, token);
  }

  forget(cookie: string): void {
    this.#facts.remove(KEY + hashOf(cookie));
  }

  #forgetOld(): void {
    for (const { key, value } of this.#facts.list(KEY)) {
      const stored = storedLogin.safeParse(value);
      const isOld = !stored.success || this.#now() - stored.data.seenAt > LOGIN_LIFETIME_MS;
      if (isOld) this.#facts.remove(key);
    }
  }
}
