const two = (value: number): string => String(value).padStart(2, '0');

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
