const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const two = (value: number): string => String(value).padStart(2, '0');

/** "8s", "4m 05s", "1h 09m", "2d 3h". Clocks that disagree never show a negative time. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) {
    return `${Math.floor(ms / MINUTE_MS)}m ${two(Math.floor((ms % MINUTE_MS) / SECOND_MS))}s`;
  }
  if (ms < DAY_MS) {
    return `${Math.floor(ms / HOUR_MS)}h ${two(Math.floor((ms % HOUR_MS) / MINUTE_MS))}m`;
  }
  return `${Math.floor(ms / DAY_MS)}d ${Math.floor((ms % DAY_MS) / HOUR_MS)}h`;
}

/** "just now", "12 s ago", "5 min ago", "3 h ago", "2 days ago". */
export function formatAge(ageMs: number): string {
  if (ageMs < 2 * SECOND_MS) return 'just now';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs < 2 * DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  return `${Math.floor(ageMs / DAY_MS)} days ago`;
}

/** Time between two instants of the contract; an open end counts up to `now` (milliseconds since the epoch). */
export function elapsed(startedAt: string, endedAt: string | null, now: number): string {
  return formatDuration((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

export const ageOf = (instant: string, now: number): string => formatAge(now - Date.parse(instant));

/** "14:03:09" in the machine's time zone. */
export function clockTime(instant: string): string {
  const date = new Date(instant);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** "2026-10-02 14:03" in the machine's time zone. */
export function dayAndTime(instant: string): string {
  const date = new Date(instant);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "812 B", "4.2 kB", "1.3 MB" */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes / 1000;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}
