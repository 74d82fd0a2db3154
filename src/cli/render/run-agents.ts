import type { PreflightView } from '../../contract/preflight-views.ts';
import type { Appearance } from '../terminal/appearance.ts';
import { quiet, toned } from '../terminal/lines.ts';
import { renderTable } from './table.ts';

type Waves = NonNullable<PreflightView['summary']>['waves'];

const columns = [
  { title: 'AGENT', dropOrder: 0, shrinkTo: 10 },
  { title: 'WAVE', dropOrder: 2 },
  { title: 'PROVIDER', dropOrder: 0, shrinkTo: 10 },
  { title: 'MODEL', dropOrder: 1, shrinkTo: 10 },
  { title: 'WHERE', dropOrder: 1 },
];

/** Before a run: the provider of each agent, and where it runs. Empty if all of them use Cursor Agent. */
export function runAgentRows(
  waves: Waves,
  options: Pick<Appearance, 'color' | 'unicode'> & { readonly width: number },
): string[] {
  const agents = waves.flat();
  const providers = new Set(agents.map(({ provider }) => provider?.id ?? 'cursor-agent'));
  if (providers.size === 1 && providers.has('cursor-agent')) return [];
  const rows = waves.flatMap((wave, index) =>
    wave.map(({ name, provider, model, mode }) => [
      toned('plain', name),
      quiet(String(index + 1)),
      toned('plain', provider?.name ?? 'Cursor Agent'),
      quiet(model ?? 'default'),
      quiet(mode === 'cloud' ? 'cloud' : 'this machine'),
    ]),
  );
  return renderTable(columns, rows, options);
}
