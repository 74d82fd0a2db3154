import { ageOf, formatDuration } from '../../lib/format.ts';
import { useNow } from './clock.ts';

/** How old something is, kept up to date; the exact time is in the tooltip. */
export function Age({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={new Date(instant).toLocaleString()}>
      {ageOf(instant, useNow())}
    </time>
  );
}

/** A time that a clock at work tells: it is computed again with every tick. */
export function Worked({ milliseconds }: { milliseconds: (now: number) => number }) {
  return <span className="tabular-nums">{formatDuration(milliseconds(useNow()))}</span>;
}
