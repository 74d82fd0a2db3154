import { exitCodes } from '../../contract/exit-codes.ts';
import type { ProviderCheckView } from '../../contract/providers.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { agentSign } from '../render/status.ts';
import { line, quiet, toned } from '../terminal/lines.ts';

/** Runs the steps of a provider's test in order. A failed step ends the test, because later steps depend on it. */
export async function testProvider(context: Context, id: string, smoke: boolean): Promise<void> {
  const client = await connect(context);
  const steps: [string, () => Promise<ProviderCheckView>][] = [
    ['Detect', () => client.detectProvider(id)],
    ['Validate', () => client.validateProvider(id)],
  ];
  if (smoke) steps.push(['Smoke test', () => client.smokeTestProvider(id)]);
  const checks: (ProviderCheckView & { readonly step: string })[] = [];
  for (const [step, check] of steps) {
    const result = await check();
    checks.push({ step, ...result });
    show(context, step, result);
    if (!result.isOk) break;
  }
  const ok = checks.every(({ isOk }) => isOk);
  context.output.document({ ok, checks });
  if (!ok) context.exitCode = exitCodes.unreachable;
}

function show({ output }: Context, step: string, { isOk, detail, error }: ProviderCheckView): void {
  const { unicode } = output.appearance;
  const sign = agentSign(isOk ? 'completed' : 'failed', unicode);
  output.print(line(toned(isOk ? 'good' : 'bad', `${sign} ${step}`), quiet(`  ${detail}`)));
  if (error?.suggestion !== undefined) output.print(line('    ', output.advice(error.suggestion)));
}
