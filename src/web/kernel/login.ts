import { ApiError } from '../../contract/errors.ts';
import { keepCommand } from '../shell/known-command.ts';
import { api } from './api.ts';

/** The one-time code of `http://127.0.0.1:PORT/#login=<code>`, which works once and must not stay in the address. */
function takeLoginCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('login');
  if (code !== null) history.replaceState(null, '', location.pathname);
  return code;
}

/** The code in what a person pasted: a whole link, whatever its host and port, or the code alone. */
export function codeIn(text: string): string | null {
  const linked = /[#&]login=([\w-]+)/.exec(text);
  if (linked?.[1] !== undefined) return linked[1];
  const alone = text.trim();
  return /^[\w-]{16,}$/.test(alone) ? alone : null;
}

let refusal: string | null = null;

/** Why the last code was refused, to be shown where a person waits to be let in. */
export const loginRefusal = (): string | null => refusal;

/** Logs in with the code if there is one. True when this browser may use the daemon. */
export async function logIn(): Promise<boolean> {
  const code = takeLoginCode();
  if (code !== null) {
    try {
      await api.login(code);
    } catch (error) {
      // A code that was used or is too old: the cookie of an earlier login may still be good.
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      refusal = error.message;
    }
  }
  // Also after a login by link, which is how most come here: who is stopped cannot be asked anymore.
  const { isLoggedIn, command } = await api.browserSession();
  keepCommand(command);
  return isLoggedIn;
}

/**
 * A login link that is pasted into a tab changes nothing but the fragment, so the browser loads no page. It is loaded
 * here. Returns the end of it.
 */
export function loadLoginLinks(): () => void {
  const load = (): void => {
    if (new URLSearchParams(location.hash.slice(1)).has('login')) location.reload();
  };
  addEventListener('hashchange', load);
  return () => removeEventListener('hashchange', load);
}
