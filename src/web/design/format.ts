const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `12 s ago`, `4 min ago`, `3 h ago`, `2 d ago`. Clocks that disagree never show a time in the future. */
export function formatAge(instant: string, now: number): string {
  const elapsed = Math.max(0, now - Date.parse(instant));
  if (elapsed < second * 2) return 'just now';
  if (elapsed < minute) return `${Math.floor(elapsed / second)} s ago`;
  if (elapsed < hour) return `${Math.floor(elapsed / minute)} min ago`;
  if (elapsed < day) return `${Math.floor(elapsed / hour)} h ago`;
  return `${Math.floor(elapsed / day)} d ago`;
}

/** `0:42`, `12:05`, `3:07:11`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / second));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}

/** `812 B`, `4.2 KB`, `13 MB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const larger of ['KB', 'MB', 'GB', 'TB']) {
    if (value < 1000) break;
    value /= 1000;
    unit = larger;
  }
  return `${unit === 'B' || value >= 10 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** `1 agent`, `3 agents`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}

/** The part of a session's id that people see and type. */
export function shortId(sessionId: string): string {
  return sessionId.replace(/^s_/, '').slice(0, 8);
}

/** `acme/shop` for `https://github.com/acme/shop.git`; the address itself when it is no such thing. */
export function repositoryName(url: string): string {
  const match = /([^/:]+\/[^/:]+?)(?:\.git)?\/?$/.exec(url);
  return match?.[1] ?? url;
}
