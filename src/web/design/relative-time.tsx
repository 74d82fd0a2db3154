import { useNow } from './clock.ts';
import { formatAge, formatDuration } from './format.ts';

/** How old something is, kept up to date; the exact time is in the tooltip. */
export function Age({ instant }: { instant: string }) {
  return (
    <time dateTime={instant} title={new Date(instant).toLocaleString()}>
      {formatAge(instant, useNow())}
    </time>
  );
}

/** How long something took, or has been taking. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  const now = useNow();
  return (
    <span className="tabular-nums">
      {formatDuration((to === null ? now : Date.parse(to)) - Date.parse(from))}
    </span>
  );
}

/** A time that a clock at work tells: it is computed anew with every tick. */
export function Worked({ milliseconds }: { milliseconds: (now: number) => number }) {
  return <span className="tabular-nums">{formatDuration(milliseconds(useNow()))}</span>;
}
