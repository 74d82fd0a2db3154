import type { Context } from '../context.ts';
import { refusal } from '../refusal.ts';
import { askYesNo, canAsk } from '../terminal/ask.ts';

/**
 * Asks the user to confirm something that cannot be undone. `--yes` confirms it in advance.
 * @throws ApiError `confirmation_needed` when nobody can be asked, or the answer is no.
 */
export async function confirm(
  context: Context,
  message: string,
  isGiven: boolean,
  option = '--yes',
): Promise<void> {
  if (isGiven) return;
  const who = { input: context.input, screen: context.errorStream };
  if (!canAsk(who)) {
    throw refusal('confirmation_needed', message, `Add ${option} to confirm.`);
  }
  if (await askYesNo(who, message)) return;
  throw refusal('confirmation_needed', 'Not confirmed; nothing was started or changed.');
}
