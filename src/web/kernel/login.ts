import { ApiError } from '../../contract/errors.ts';
import { api } from './api.ts';
import { storeStartCommand } from './start-command.ts';

/** Takes the one-time code of `http://127.0.0.1:PORT/#login=<code>` and removes it from the address. */
function takeLoginCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('login');
  if (code !== null) history.replaceState(null, '', location.pathname);
  return code;
}

/** The code in a pasted text: a whole link, whatever its host and port, or the code alone. */
export function extractLoginCode(text: string): string | null {
  const linked = /[#&]login=([\w-]+)/.exec(text);
  if (linked?.[1] !== undefined) return linked[1];
  const alone = text.trim();
  return /^[\w-]{16,}$/.test(alone) ? alone : null;
}

let refusalMessage: string | null = null;

/** Why the last code was rejected, shown on the login screen. */
export const loginError = (): string | null => refusalMessage;

/** Logs in with the code in the address, if there is one. Returns whether this browser may use the daemon. */
export async function logIn(): Promise<boolean> {
  const code = takeLoginCode();
  if (code !== null) {
    try {
      await api.login(code);
    } catch (error) {
      // The code is used or expired: the cookie of an earlier login may still be valid.
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      refusalMessage = error.message;
    }
  }
  // Also after a login by link: the command has to be known before the daemon is stopped.
  const { isLoggedIn, command } = await api.browserSession();
  storeStartCommand(command);
  return isLoggedIn;
}

/**
 * A login link pasted into an open tab changes only the fragment, which loads no page, so reload explicitly. Returns
 * the function that stops listening.
 */
export function reloadOnLoginLink(): () => void {
  const load = (): void => {
    if (new URLSearchParams(location.hash.slice(1)).has('login')) location.reload();
  };
  addEventListener('hashchange', load);
  return () => removeEventListener('hashchange', load);
}
