import { exitCodes } from '../../contract/exit-codes.ts';
import type { DoctorCheck } from '../../contract/responses.ts';
import { plural } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { agentSign } from '../render/status.ts';
import { warnAboutIgnoredSettings } from '../shell-environment.ts';
import { type Line, line, quiet, type Tone, toned } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';

export const addDoctor: AddCommand = (program, context) => {
  program
    .command('doctor')
    .description('check everything that a session needs, and say how to fix what is missing')
    .addHelpText('after', examples('cerevisor doctor'))
    .action(() => doctor(context));
};

async function doctor(context: Context): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  await warnAboutIgnoredSettings(context, client);
  const { ok, checks } = await client.doctor();
  output.print(...checks.flatMap((check) => checkLines(check, output.appearance.unicode)));
  output.print(formatConclusion(checks));
  output.document({ ok, checks });
  if (!ok) context.exitCode = exitCodes.unreachable;
}

const stateStyles = {
  ok: { tone: 'good', sign: 'completed' },
  warning: { tone: 'attention', sign: 'unknown' },
  failed: { tone: 'bad', sign: 'failed' },
} as const satisfies Record<DoctorCheck['state'], { tone: Tone; sign: string }>;

function checkLines(check: DoctorCheck, unicode: boolean): Line[] {
  const { tone, sign } = stateStyles[check.state];
  const state = check.state === 'ok' ? '' : ` (${check.state})`;
  const head = line(
    toned(tone, `${agentSign(sign, unicode)} ${check.name}${state}`),
    quiet(`  ${check.detail}`),
  );
  return check.suggestion === null ? [head] : [head, line('    ', check.suggestion)];
}

/** A warning may keep some sessions from running, such as those on this machine. */
export function formatConclusion(checks: readonly Pick<DoctorCheck, 'state'>[]): string {
  const count = (state: DoctorCheck['state']) =>
    checks.filter((check) => check.state === state).length;
  if (count('failed') > 0) return `${plural(count('failed'), 'check')} failed.`;
  return count('warning') > 0
    ? `Sessions can start; read the ${count('warning') === 1 ? 'warning' : 'warnings'} above.`
    : 'Everything that a session needs is available.';
}
