import { ageOf, elapsed, formatDuration } from '../../lib/format.ts';
import { useNow } from './clock.ts';

/** How old something is, kept up to date; the exact time is in the tooltip. */
export function Age({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={new Date(instant).toLocaleString()}>
      {ageOf(instant, useNow())}
    </time>
  );
}

/** How long something took, or has been taking. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  return <span className="tabular-nums">{elapsed(from, to, useNow())}</span>;
}

/** A time that a clock at work tells: it is computed again with every tick. */
export function Worked({ milliseconds }: { milliseconds: (now: number) => number }) {
  return <span className="tabular-nums">{formatDuration(milliseconds(useNow()))}</span>;
}
