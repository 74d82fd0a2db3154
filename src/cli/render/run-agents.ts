import type { PreflightView } from '../../contract/preflight-views.ts';
import type { Appearance } from '../terminal/appearance.ts';
import { quiet, toned } from '../terminal/lines.ts';
import { renderTable } from './table.ts';

type Waves = NonNullable<PreflightView['summary']>['waves'];

const columns = [
  { title: 'AGENT', rank: 0, shrinkTo: 10 },
  { title: 'WAVE', rank: 2 },
  { title: 'PROVIDER', rank: 0, shrinkTo: 10 },
  { title: 'MODEL', rank: 1, shrinkTo: 10 },
  { title: 'WHERE', rank: 1 },
];

/** Before a run: which provider runs each agent, and where. Empty if Cursor runs all of them in one place. */
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
