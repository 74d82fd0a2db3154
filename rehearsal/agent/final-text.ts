import type { Store } from '../store/store.ts';

const pageSize = 5_000;

/** The last message of an agent: all assistant text in the run's stream after the last tool call. */
export function finalTextOf(store: Store, runId: string): string {
  let deltas: string[] = [];
  let isNewMessage = false;
  let position = 0;
  for (;;) {
    const frames = store.events.after(runId, position, pageSize);
    for (const { event, data } of frames) {
      if (event === 'tool_call') isNewMessage = true;
      if (event !== 'assistant') continue;
      if (isNewMessage) deltas = [];
      isNewMessage = false;
      // Assistant frames are written only by `textDelta`.
      deltas.push((JSON.parse(data) as { text: string }).text);
    }
    const last = frames.at(-1);
    if (last === undefined || frames.length < pageSize) return deltas.join('').trim();
    position = last.seq;
  }
}
