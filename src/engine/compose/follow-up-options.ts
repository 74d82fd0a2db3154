import type { TurnOptions } from '../../runtimes/turn-requests.ts';
import type { RuntimeId } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import type { Attempt } from '../../session/state.ts';
import { turnOptionsOf } from './request.ts';

/**
 * Model, parameters and mode of a follow-up. In the cloud, absent options stay as they were. On this machine, a new process
 * may resume the thread without knowing them, so the options of the attempt are sent too.
 */
export function followUpOptions(
  runtime: RuntimeId,
  attempt: Pick<Attempt, 'model' | 'modelParameters' | 'mode'> | undefined,
  requested: TurnOptions,
): TurnOptions {
  const named = turnOptionsOf(requested);
  if (attempt === undefined || locationOf(runtime) === 'cloud') return named;
  const { mode, modelParameters } = attempt;
  const model = attempt.model ?? undefined;
  // Parameters belong to their model.
  const own = requested.model === undefined ? { model, modelParameters, mode } : { mode };
  return { ...turnOptionsOf(own), ...named };
}
