import { homedir } from 'node:os';
import { join } from 'node:path';
import { launchCommand } from '../lib/launch-command.ts';
import { PRODUCT_FOLDER } from '../lib/product.ts';
import type { Environment } from './terminal/appearance.ts';

/** What runs a command of ours in this shell: `cerevisor` is not on the path in a clone or after `npx`. */
export function shellCommand(environment: Environment, productFolder = PRODUCT_FOLDER): string {
  // The shell has its own home already, and `npm start` takes no command.
  const { npm_lifecycle_event: _, CEREVISOR_HOME: __, ...rest } = environment;
  return launchCommand({ environment: rest, productFolder, home: join(homedir(), '.cerevisor') });
}

/** Returns advice with commands in the form that works in this shell: "`cerevisor start`", "with: cerevisor start". */
export const withCommand = (advice: string, command: string): string =>
  advice.replace(/(`|: +|, |^ *)cerevisor(?= [a-z])/g, (_, before: string) => before + command);
