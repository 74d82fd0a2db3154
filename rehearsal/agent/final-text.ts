import type { Store } from '../store/store.ts';

const pageSize = 5_000;

/** The last thing the agent said: its text after the tool call before it, as the stream has it. */
export function finalTextOf(store: Store, runId: string): string {
  let words: string[] = [];
  let isNewMessage = false;
  let place = 0;
  for (;;) {
    const frames = store.events.after(runId, place, pageSize);
    for (const { event, data } of frames) {
      if (event === 'tool_call') isNewMessage = true;
      if (event !== 'assistant') continue;
      if (isNewMessage) words = [];
      isNewMessage = false;
      // Assistant frames are written only by `textDelta`.
      words.push((JSON.parse(data) as { text: string }).text);
    }
    const last = frames.at(-1);
    if (last === undefined || frames.length < pageSize) return words.join('').trim();
    place = last.seq;
  }
}
