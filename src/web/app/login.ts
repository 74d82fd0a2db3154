import { api } from './api.ts';

/** The one-time code of `http://127.0.0.1:PORT/#login=<code>`, which works once and must not stay in the address. */
export function takeLoginCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('login');
  if (code !== null) history.replaceState(null, '', location.pathname);
  return code;
}

/** Logs in with the code if there is one. True when this browser may use the daemon. */
export async function logIn(): Promise<boolean> {
  const code = takeLoginCode();
  if (code !== null) {
    try {
      await api.login(code);
      return true;
    } catch (error) {
      // A code that was used or is too old: the cookie of an earlier login may still be good.
      console.info('The login code was refused.', error);
    }
  }
  return api.isLoggedIn();
}
