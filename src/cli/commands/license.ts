import type { LicenseView } from '../../contract/daemon-views.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { licenseLine } from '../render/license-line.ts';
import { dayAndTime } from '../terminal/clock-time.ts';
import { line, quiet } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';

export const addLicense: AddCommand = (program, context) => {
  const license = program.command('license').description('show, activate or remove the license');
  license
    .command('status')
    .description('show the license and what it allows')
    .addHelpText('after', examples('cerevisor license status --json'))
    .action(async () => show(context, await (await connect(context)).license()));
  license
    .command('activate')
    .description('activate a license key')
    .argument('<key>', 'the key as you received it')
    .addHelpText('after', examples('cerevisor license activate CRV-...'))
    .action(async (key: string) =>
      show(context, await (await connect(context)).activateLicense(key)),
    );
  license
    .command('deactivate')
    .description('remove the license key from this machine')
    .addHelpText('after', examples('cerevisor license deactivate'))
    .action(async () => show(context, await (await connect(context)).deactivateLicense()));
};

function show({ output }: Context, view: LicenseView): void {
  output.print(line(...licenseLine(view)));
  if (view.holder !== null) output.print(line(quiet('Holder   '), view.holder));
  if (view.key !== null) output.print(line(quiet('Key      '), view.key));
  if (view.expiresAt !== null) output.print(line(quiet('Expires  '), dayAndTime(view.expiresAt)));
  output.document(view);
}
