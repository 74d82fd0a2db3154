import type { PreflightView } from '../../../contract/preflight-views.ts';
import { RunModeIcon } from '../../design/run-mode-icon.tsx';

type Waves = NonNullable<PreflightView['summary']>['waves'];

/** The provider, model and run mode of each agent. Nothing if Cursor runs all of them. */
export function RunAgents({ waves }: { waves: Waves }) {
  const agents = waves.flatMap((wave, index) =>
    wave.map((agent) => ({ ...agent, wave: index + 1 })),
  );
  const isOfCursor = agents.every(
    ({ provider }) => (provider?.id ?? 'cursor-agent') === 'cursor-agent',
  );
  if (isOfCursor) return null;
  return (
    <div className="scroll-thin overflow-x-auto rounded-lg border">
      <table className="w-full min-w-96 text-left">
        <caption className="sr-only">Who runs each agent</caption>
        <thead className="text-muted text-sm">
          <tr className="border-b">
            {['Agent', 'Provider', 'Model', 'Where'].map((title) => (
              <th key={title} scope="col" className="whitespace-nowrap px-3 py-1.5 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {agents.map(({ id, name, provider, model, mode }) => (
            <tr key={id}>
              <th scope="row" className="px-3 py-1.5 font-medium">
                {name}
              </th>
              <td className="px-3 py-1.5">{provider?.name ?? 'Cursor Agent'}</td>
              <td className="px-3 py-1.5 text-muted">{model ?? 'Default'}</td>
              <td className="whitespace-nowrap px-3 py-1.5">
                <RunModeIcon mode={mode} className="mr-1 align-[-2px]" />
                {mode === 'cloud' ? 'Cloud' : 'This machine'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
