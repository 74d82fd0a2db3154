import { ageOf, formatDuration } from '../../lib/format.ts';
import { useNow } from './clock.ts';

/** The age of an instant, kept up to date; the exact time is the tooltip. */
export function Age({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={new Date(instant).toLocaleString()}>
      {ageOf(instant, useNow())}
    </time>
  );
}

/** A duration that is recomputed every second. */
export function LiveDuration({ milliseconds }: { milliseconds: (now: number) => number }) {
  return <span className="tabular-nums">{formatDuration(milliseconds(useNow()))}</span>;
}
