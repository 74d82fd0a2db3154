import { homedir } from 'node:os';
import { join } from 'node:path';
import { launchCommand } from '../lib/launch-command.ts';
import { PRODUCT_FOLDER } from '../lib/product.ts';
import type { Environment } from './terminal/appearance.ts';

/** How to run `cerevisor` in this shell: it is not on the path in a clone or after `npx`. */
export function shellCommand(environment: Environment, productFolder = PRODUCT_FOLDER): string {
  // The shell already has the variable CEREVISOR_HOME, and `npm start` accepts no command.
  const { npm_lifecycle_event: _, CEREVISOR_HOME: __, ...rest } = environment;
  return launchCommand({ environment: rest, productFolder, home: join(homedir(), '.cerevisor') });
}

/** Replaces `cerevisor` in the commands of a message, such as "`cerevisor start`" or "with: cerevisor start". */
export const withCommand = (advice: string, command: string): string =>
  advice.replace(/(`|: +|, |^ *)cerevisor(?= [a-z])/g, (_, prefix: string) => prefix + command);
