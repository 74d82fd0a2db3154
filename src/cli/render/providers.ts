import type { ProviderView } from '../../contract/providers.ts';
import { providerTypeNames } from '../../workflow/providers.ts';
import type { Appearance } from '../terminal/appearance.ts';
import { type Line, line, quiet, type Span, strong, toned } from '../terminal/lines.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'PROVIDER', dropOrder: 0 },
  { title: 'NAME', dropOrder: 2, shrinkTo: 10 },
  { title: 'KEY', dropOrder: 1 },
  { title: 'MODEL', dropOrder: 4, shrinkTo: 10 },
  { title: 'ADDRESS', dropOrder: 3, shrinkTo: 14 },
  { title: 'STATE', dropOrder: 0, shrinkTo: 12 },
];

/** One row for each provider. */
export function providerTable(
  providers: readonly ProviderView[],
  options: Pick<Appearance, 'color' | 'unicode'> & { readonly width: number },
): string[] {
  const rows = providers.map((provider) => [
    strong(provider.isDefault ? `${provider.id} (default)` : provider.id),
    toned('plain', provider.name),
    quiet(formatKey(provider.key)),
    quiet(provider.defaultModel ?? ''),
    quiet(provider.baseUrl ?? ''),
    stateSpan(provider),
  ]);
  return renderTable(columns, rows, options);
}

function stateSpan({ problem, needs, key }: ProviderView): Span {
  if (needs !== null) return toned('attention', 'to be fetched');
  if (problem?.code === 'unauthorized' || (problem === null && key.source === 'none'))
    return toned('attention', 'no key');
  return problem === null ? toned('good', 'ready') : toned('bad', problem.message);
}

const keySourceLabels: Readonly<Record<ProviderView['key']['source'], string>> = {
  environment: 'environment',
  keychain: 'keychain',
  file: 'file',
  rehearsal: 'rehearsal, none needed',
  login: 'your own login',
  unneeded: 'none needed',
  none: 'none',
};

const formatKey = ({ source, masked }: ProviderView['key']): string =>
  masked === null ? keySourceLabels[source] : `${masked} (${keySourceLabels[source]})`;

/** A keychain that cannot be used is no news where there is no key to look for. */
const needsNoKey = ({ source }: ProviderView['key']): boolean =>
  source === 'rehearsal' || source === 'unneeded';

/** The details of a provider. */
export function providerDetails(provider: ProviderView): Line[] {
  const { id, type, name, isDefault, key, problem } = provider;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Provider', `${id}${isDefault ? ' (default)' : ''}`],
    ['Type', providerTypeNames[type]],
    ['Name', name],
    ['Address', provider.baseUrl],
    ['Model', provider.defaultModel],
    ['Harness', provider.harness],
    ['Program', provider.program?.path ?? null],
    ['Login', provider.loginFolder],
    ['Key', formatKey(key)],
  ];
  return [
    ...rows.flatMap(([title, value]) =>
      value === null ? [] : [line(quiet(title.padEnd(10)), value)],
    ),
    ...(key.notice === null || needsNoKey(key) ? [] : [line(toned('attention', key.notice))]),
    ...(problem === null ? [] : [line(toned('attention', problem.message))]),
  ];
}
