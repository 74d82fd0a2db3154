import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { askYesNo, canAsk } from '../terminal/ask.ts';

type ConfirmOptions = {
  readonly isConfirmed: boolean;
  /** The option that confirms in advance. */
  readonly option?: string;
};

/**
 * Asks the user to confirm something that cannot be undone.
 * @throws ApiError `confirmation_needed` if there is no terminal to ask, or the answer is no
 */
export async function confirm(
  context: Context,
  message: string,
  { isConfirmed, option = '--yes' }: ConfirmOptions,
): Promise<void> {
  if (isConfirmed) return;
  const prompter = { input: context.input, screen: context.errorStream };
  if (!canAsk(prompter)) {
    const reason = message.endsWith('?') ? `This needs your confirmation: ${message}` : message;
    throw commandError('confirmation_needed', reason, `Add ${option} to confirm.`);
  }
  if (await askYesNo(prompter, message)) return;
  throw commandError('confirmation_needed', 'Not confirmed; nothing was started or changed.');
}
