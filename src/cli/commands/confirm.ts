import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { askYesNo, canAsk } from '../terminal/ask.ts';

/**
 * Asks the user to confirm something that cannot be undone. `--yes` confirms it in advance.
 * @throws ApiError `confirmation_needed` if there is no terminal to ask, or the answer is no
 */
export async function confirm(
  context: Context,
  message: string,
  isConfirmed: boolean,
  option = '--yes',
): Promise<void> {
  if (isConfirmed) return;
  const prompter = { input: context.input, screen: context.errorStream };
  if (!canAsk(prompter)) {
    throw commandError('confirmation_needed', message, `Add ${option} to confirm.`);
  }
  if (await askYesNo(prompter, message)) return;
  throw commandError('confirmation_needed', 'Not confirmed; nothing was started or changed.');
}
