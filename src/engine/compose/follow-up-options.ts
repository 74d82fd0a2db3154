import type { TurnOptions } from '../../runtimes/turn-requests.ts';
import type { RuntimeId } from '../../session/events.ts';
import { locationOf } from '../../session/run-location.ts';
import type { Attempt } from '../../session/state.ts';
import { turnOptionsOf } from './request.ts';

/**
 * Model, parameters and mode of a follow-up. In the cloud what is absent stays as it was. On this machine the process that
 * held the thread may be gone, and another one would take up an interrupted plan as work, or with another model: there the
 * attempt's own go along.
 */
export function followUpOptions(
  runtime: RuntimeId,
  attempt: Pick<Attempt, 'model' | 'modelParameters' | 'mode'> | undefined,
  asked: TurnOptions,
): TurnOptions {
  const named = turnOptionsOf(asked);
  if (attempt === undefined || locationOf(runtime) === 'cloud') return named;
  const { mode, modelParameters } = attempt;
  const model = attempt.model ?? undefined;
  // Parameters belong to their model.
  const own = asked.model === undefined ? { model, modelParameters, mode } : { mode };
  return { ...turnOptionsOf(own), ...named };
}
