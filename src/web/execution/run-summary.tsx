import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { PreflightView } from '../../contract/views.ts';
import { plural, repositoryName } from '../../lib/format.ts';
import { useStatus } from '../kernel/queries.ts';

type Summary = NonNullable<PreflightView['summary']>;

/** The run in numbers, wave by wave, with what it costs and what cloud mode does not do. */
export function RunSummary({ summary }: { summary: Summary }) {
  const isCloud = summary.mode === 'cloud';
  const isRehearsal = useStatus().data?.backend.kind === 'rehearsal';
  return (
    <section aria-label="Summary" className="flex flex-col gap-4">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 rounded-lg border p-4">
        <Line name="Agents">
          {plural(summary.agents, 'agent')} in {plural(summary.waves.length, 'wave')}
        </Line>
        <Line name="Run mode">
          {isCloud
            ? `Cloud: ${isRehearsal ? 'the rehearsal cloud' : 'Cursor’s VMs'}`
            : 'Local: this machine'}
        </Line>
        {isCloud ? (
          <Line name="Repositories">
            {summary.repositories.length === 0
              ? 'None'
              : summary.repositories.map(({ url, startingRef }) => (
                  <span key={url} className="block" title={url}>
                    {repositoryName(url)}{' '}
                    <span className="text-muted">at {startingRef ?? 'the default branch'}</span>
                  </span>
                ))}
          </Line>
        ) : null}
        {isCloud ? (
          <Line name="Pull requests">
            {summary.pullRequests === 0
              ? 'None will be opened'
              : `Up to ${plural(summary.pullRequests, 'pull request')} could be opened`}
          </Line>
        ) : null}
        <Line name="At the same time">At most {plural(summary.maxConcurrentAgents, 'agent')}</Line>
        <Line name="Cost">
          <span className="tabular-nums">${summary.costUsd.toFixed(2)}</span>{' '}
          <span className="text-muted">{summary.costNote}</span>
        </Line>
      </dl>
      <Waves waves={summary.waves} />
      {summary.limitations.length === 0 ? null : (
        <div>
          <h3 className="font-medium">Limits of this mode</h3>
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

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Waves({ waves }: { waves: Summary['waves'] }) {
  return (
    <ol aria-label="Waves" className="flex flex-wrap items-center gap-1">
      {waves.map((wave, place) => (
        <Fragment key={wave.map(({ id }) => id).join()}>
          {place > 0 ? (
            <li aria-hidden>
              <ChevronRight size={14} className="text-muted" />
            </li>
          ) : null}
          <li className="rounded-md border px-2 py-1">
            <span className="text-muted text-sm">Wave {place + 1}: </span>
            {wave.map(({ name }) => name).join(', ')}
          </li>
        </Fragment>
      ))}
    </ol>
  );
}
