import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { warnAboutIgnoredSettings } from '../shell-environment.ts';
import { line, strong } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';

export const addOpen: AddCommand = (program, context) => {
  program
    .command('open')
    .description('open the app in the browser, like cerevisor without a command')
    .option('--no-browser', 'only print the link; CEREVISOR_NO_OPEN=1 does the same')
    .addHelpText('after', examples('cerevisor', 'cerevisor open --no-browser'))
    .action((options: { browser: boolean }) => openApp(context, options.browser));
};

async function openApp(context: Context, wantsBrowser: boolean): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  await warnAboutIgnoredSettings(context, client);
  const login = await client.createLogin();
  const isDisabled = (context.environment.CEREVISOR_NO_OPEN ?? '') !== '';
  const hasOpened = wantsBrowser && !isDisabled && (await openBrowser(login.url, context));
  if (hasOpened) output.print('Cerevisor is open in your browser.');
  else {
    const validity = `within ${login.expiresInSeconds} seconds; it works only once`;
    output.print(
      `Open this link in a browser on this machine ${validity}:`,
      line('  ', strong(login.url)),
    );
  }
  output.document({ url: login.url, opened: hasOpened });
}

/** Returns whether a browser was started. A machine without a screen has none, and reports it in different ways. */
async function openBrowser(url: string, { environment, output }: Context): Promise<boolean> {
  const hasScreen = environment.DISPLAY ?? environment.WAYLAND_DISPLAY;
  if (process.platform === 'linux' && !hasScreen) return false;
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    return await new Promise<boolean>((resolve) => {
      child.once('error', () => resolve(false));
      child.once('spawn', () => resolve(true));
      if (child.pid !== undefined) resolve(true);
    });
  } catch (error) {
    output.remark(`No browser could be opened: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}
