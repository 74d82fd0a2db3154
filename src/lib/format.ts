// Formats times, sizes and counts for the terminal and the app. Must not import from Node.
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** "8s", "4m 05s", "1h 09m", "2d 3h". Negative durations, which come from unsynchronized clocks, are shown as "0s". */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) {
    return `${Math.floor(ms / MINUTE_MS)}m ${twoDigits(Math.floor((ms % MINUTE_MS) / SECOND_MS))}s`;
  }
  if (ms < DAY_MS) {
    return `${Math.floor(ms / HOUR_MS)}h ${twoDigits(Math.floor((ms % HOUR_MS) / MINUTE_MS))}m`;
  }
  return `${Math.floor(ms / DAY_MS)}d ${Math.floor((ms % DAY_MS) / HOUR_MS)}h`;
}

/** The time between two ISO 8601 instants; without an end it counts up to `now` (milliseconds since the epoch). */
export function elapsed(startedAt: string, endedAt: string | null, now: number): string {
  return formatDuration((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** "just now", "12 s ago", "5 min ago", "3 h ago", "2 days ago". Times in the future, which come from unsynchronized clocks, are shown as "just now". */
export function formatAge(ageMs: number): string {
  if (ageMs < 2 * SECOND_MS) return 'just now';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs < 2 * DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  return `${Math.floor(ageMs / DAY_MS)} days ago`;
}

/** The age of an ISO 8601 instant at `now` (milliseconds since the epoch). */
export const ageOf = (instant: string, now: number): string => formatAge(now - Date.parse(instant));

/** "812 B", "4.2 kB", "13 MB". */
export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes / 1000;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(size < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** "1 agent", "3 agents", "12,000 agents". */
export function plural(count: number, one: string, many = `${one}s`): string {
  // Loading locale data takes time, and only large numbers need it.
  const digits = count < 1000 ? String(count) : count.toLocaleString('en');
  return `${digits} ${count === 1 ? one : many}`;
}

/** "a, b and c". */
export function listOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** "1–3, 5": ascending whole numbers, those in a row as a range. */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: { readonly first: number; last: number }[] = [];
  for (const number of numbers) {
    const current = ranges.at(-1);
    if (current !== undefined && number === current.last + 1) current.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges
    .map(({ first, last }) => {
      if (first === last) return `${first}`;
      return last === first + 1 ? `${first}, ${last}` : `${first}–${last}`;
    })
    .join(', ');
}

/** With a capital first letter, as a sentence needs it. */
export const capitalized = (words: string): string =>
  words.charAt(0).toUpperCase() + words.slice(1);

/** The part of a session's id that people see and type: the first 8 characters after `s_`. */
export const shortId = (sessionId: string): string => sessionId.replace(/^s_/, '').slice(0, 8);

/** "acme/shop" for "https://github.com/acme/shop.git"; any other address unchanged. */
export function repositoryName(url: string): string {
  const match = /[/:]([^/:]+\/[^/:]+?)(?:\.git)?\/?$/.exec(url);
  return match?.[1] ?? url;
}

/** Amounts below a cent get four decimal places. */
export const formatUsd = (usd: number): string =>
  usd > 0 && usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
