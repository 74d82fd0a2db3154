import { ChevronRight } from 'lucide-react';
import { Fragment } from 'react';
import type { PreflightView } from '../../../contract/preflight-views.ts';
import { formatLimits, summarizeExtent } from '../../../contract/run-extent.ts';
import { plural, repositoryName } from '../../../lib/format.ts';
import { RunModeIcon } from '../../design/run-mode-icon.tsx';
import { useStatus } from '../../kernel/queries.ts';
import { LocalPermissions, LocalSummaryLines } from './local-summary.tsx';
import { RunAgents } from './run-agents.tsx';
import { SummaryLine } from './summary-line.tsx';

type Summary = NonNullable<PreflightView['summary']>;
type RunMode = Summary['mode'];

/** The run in numbers and by wave, with its run mode, cost and limitations. */
export function RunSummary({ summary }: { summary: Summary }) {
  const isRehearsal = useStatus().data?.backend.kind === 'rehearsal';
  const cloud = isRehearsal ? 'the rehearsal cloud' : 'Cursor’s VMs';
  const inCloud = countAgents(summary, 'cloud');
  const extent = summaryExtent(summary);
  return (
    <section aria-label="Summary" className="flex flex-col gap-4">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 rounded-lg border p-4">
        <SummaryLine name="Agents">
          {plural(summary.agents, 'agent')} in {plural(summary.waves.length, 'wave')}
        </SummaryLine>
        {extent === null ? null : (
          <SummaryLine name="Activations">
            At most {extent.most.toLocaleString('en')}{' '}
            {extent.because === '' ? null : <span className="text-muted">{extent.because}</span>}
          </SummaryLine>
        )}
        <SummaryLine name="Run mode">{runModeText(summary, cloud)}</SummaryLine>
        {summary.local === null ? null : <LocalSummaryLines local={summary.local} />}
        {inCloud === 0 ? null : <CloudLines summary={summary} />}
        {summary.local !== null && summary.local.memoryBytes > 0 && inCloud === 0 ? null : (
          <SummaryLine
            name={inCloud > 0 && inCloud < summary.agents ? 'In all' : 'At the same time'}
          >
            At most {plural(summary.maxConcurrentAgents, 'agent')}
          </SummaryLine>
        )}
        <SummaryLine name="Cost">
          <span className="tabular-nums">${summary.costUsd.toFixed(2)}</span>{' '}
          <span className="text-muted">{summary.costNote}</span>
        </SummaryLine>
        {summary.budget == null ? null : (
          <SummaryLine name="Budget">
            <span className="tabular-nums">{formatLimits(summary.budget)}</span>{' '}
            <span className="text-muted">Then nothing new starts until you raise it.</span>
          </SummaryLine>
        )}
      </dl>
      <RunAgents waves={summary.waves} />
      <Waves waves={summary.waves} isMixed={inCloud > 0 && inCloud < summary.agents} />
      {summary.local === null ? null : <LocalPermissions local={summary.local} />}
      {summary.limitations.length === 0 ? null : (
        <div>
          <h3 className="font-medium">Limits of cloud runs</h3>
          <ul className="mt-1 list-disc pl-5 text-muted">
            {summary.limitations.map((limitation) => (
              <li key={limitation}>{limitation}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** An older daemon does not report it. */
function summaryExtent({ activations, flow, ...summary }: Summary) {
  if (activations === undefined || flow === undefined) return null;
  return summarizeExtent({ ...summary, activations, flow });
}

const countAgents = ({ waves, mode }: Summary, runMode: RunMode): number =>
  waves.length === 0 && mode === runMode
    ? 1
    : waves.flat().filter((agent) => agent.mode === runMode).length;

function runModeText(summary: Summary, cloud: string): string {
  const [here, there] = [countAgents(summary, 'local'), countAgents(summary, 'cloud')];
  if (there === 0) return 'Local: this machine';
  if (here === 0) return `Cloud: ${cloud}`;
  return `Local and cloud: ${plural(here, 'agent')} on this machine, ${plural(there, 'agent')} on ${cloud}`;
}

function CloudLines({ summary }: { summary: Summary }) {
  return (
    <>
      <SummaryLine name="Repositories">
        {summary.repositories.length === 0
          ? 'None'
          : summary.repositories.map(({ url, startingRef }) => (
              <span key={url} className="block" title={url}>
                {repositoryName(url)}{' '}
                <span className="text-muted">at {startingRef ?? 'the default branch'}</span>
              </span>
            ))}
      </SummaryLine>
      <SummaryLine name="Pull requests">
        {summary.pullRequests === 0
          ? 'None will be opened'
          : `Up to ${plural(summary.pullRequests, 'pull request')} could be opened`}
      </SummaryLine>
    </>
  );
}

function Waves({ waves, isMixed }: { waves: Summary['waves']; isMixed: boolean }) {
  return (
    <ol aria-label="Waves" className="flex flex-wrap items-center gap-1">
      {waves.map((wave, runMode) => (
        <Fragment key={wave.map(({ id }) => id).join()}>
          {runMode > 0 ? (
            <li aria-hidden>
              <ChevronRight size={14} className="text-muted" />
            </li>
          ) : null}
          <li className="rounded-md border px-2 py-1">
            <span className="text-muted text-sm">Wave {runMode + 1}: </span>
            {wave.map(({ id, name, mode, activations }, index) => (
              <Fragment key={id}>
                {index > 0 ? ', ' : ''}
                {isMixed ? <RunModeIcon mode={mode} className="mr-1 align-[-2px]" /> : null}
                {name}
                {activations > 1 ? (
                  <span
                    className="text-muted"
                    title={`At most ${activations.toLocaleString('en')} rounds`}
                  >
                    {' '}
                    ×{activations.toLocaleString('en')}
                  </span>
                ) : null}
              </Fragment>
            ))}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}
