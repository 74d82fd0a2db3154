import { z } from 'zod';
import { JournalFailure } from '../../journal/disk-trouble.ts';
import type { Journal } from '../../journal/types.ts';
import { hashOf, isSameSecret, newSecret } from './secrets.ts';

/** A one-time code only has to last from its creation until the page is opened. */
export const CODE_LIFETIME_MS = 60_000;
/** A browser that sends no request for this long has to log in again. */
export const LOGIN_LIFETIME_MS = 30 * 24 * 3_600_000;
/** The maximum number of unused codes. */
const MAX_CODES = 32;
const KEY = 'browser-login:';

const storedLogin = z.object({ csrfToken: z.string(), seenAt: z.number() });
const storedName = z.string().regex(/^cerevisor_[0-9a-zA-Z_-]+$/);

export type BrowserLogin = { readonly csrfToken: string };

/**
 * Logged-in browsers. Logins are stored, by the hash of their cookie, so that an open tab keeps working after a restart
 * of the daemon. Cookies are not separated by port, so that browsers send ours to other local services too. Therefore its
 * name and value cannot be guessed, and mutations also need the CSRF token, which is returned once and stored by the page.
 */
export class Logins {
  readonly cookieName: string;
  readonly #codes = new Map<string, number>();
  readonly #facts: Journal['facts'];
  readonly #now: () => number;

  constructor(facts: Journal['facts'], now: () => number) {
    this.#facts = facts;
    this.#now = now;
    const stored = storedName.safeParse(facts.get('cookie-name'));
    this.cookieName = stored.success ? stored.data : `cerevisor_${newSecret().slice(0, 16)}`;
    if (!stored.success) facts.set('cookie-name', this.cookieName);
    this.#removeExpired();
  }

  /** Creates a code that logs in one browser within `CODE_LIFETIME_MS`. */
  newCode(): string {
    const code = newSecret();
    this.#codes.set(hashOf(code), this.#now() + CODE_LIFETIME_MS);
    for (const [hash, expiresAt] of this.#codes) {
      if (expiresAt <= this.#now() || this.#codes.size > MAX_CODES) this.#codes.delete(hash);
    }
    return code;
  }

  /** Exchanges a code for a cookie value and its CSRF token; null if the code is wrong, used or expired. */
  redeem(code: string): (BrowserLogin & { readonly cookie: string }) | null {
    const hash = hashOf(code);
    const expiresAt = this.#codes.get(hash);
    if (expiresAt === undefined || expiresAt <= this.#now()) {
      this.#codes.delete(hash);
      return null;
    }
    const cookie = newSecret();
    const csrfToken = newSecret();
    // The code is removed only after the login is stored, so that it can be used again if the disk fails.
    this.#facts.set(KEY + hashOf(cookie), { csrfToken, seenAt: this.#now() });
    this.#codes.delete(hash);
    return { cookie, csrfToken };
  }

  /** The login for a cookie; null if there is none or it has expired. */
  find(cookie: string): BrowserLogin | null {
    const key = KEY + hashOf(cookie);
    const stored = storedLogin.safeParse(this.#facts.get(key));
    if (!stored.success) return null;
    const { csrfToken, seenAt } = stored.data;
    const ageMs = this.#now() - seenAt;
    if (ageMs > LOGIN_LIFETIME_MS) return null;
    // For a lifetime of 30 days, an update once a day is exact enough and avoids a write for every request. If the clock
    // was ahead and has been set back, the time is corrected, so that the login does not last longer.
    if (ageMs > 24 * 3_600_000 || ageMs < 0) this.#recordUse(key, csrfToken);
    return { csrfToken };
  }

  /** If the disk fails, the login stays valid, and a later request tries again. */
  #recordUse(key: string, csrfToken: string): void {
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

  #removeExpired(): void {
    for (const { key, value } of this.#facts.list(KEY)) {
      const stored = storedLogin.safeParse(value);
      const isExpired = !stored.success || this.#now() - stored.data.seenAt > LOGIN_LIFETIME_MS;
      if (isExpired) this.#facts.remove(key);
    }
  }
}
