/** A frame as sent by the cloud; `data` is parsed or JSON text. */
type SentFrame = {
  readonly id?: string | null | undefined;
  readonly event: string;
  readonly data: unknown;
};

const simplified: Readonly<Record<string, string>> = {
  assistant: 'text',
  thinking: 'thinking',
  tool_call: 'tool-call',
};

const boundaries = new Set([
  'step-started',
  'step-completed',
  'turn-ended',
  'user-message-appended',
  'summary-started',
]);

/**
 * The transcript items expected from the frames of a run, as `<id> <kind>`: one for a frame and its twin, and none for
 * token counters.
 */
export function expectedItems(frames: readonly SentFrame[]): string[] {
  const isSimplified = new Set(
    frames.filter(({ event }) => event in simplified).map(({ id }) => id),
  );
  return frames.flatMap(({ id, event, data }) => {
    if (id === null || id === undefined) return [];
    if (event in simplified) return `${id} ${simplified[event]}`;
    if (event !== 'interaction_update' || isSimplified.has(id)) return [];
    // The test clouds send only objects.
    const update = (typeof data === 'string' ? JSON.parse(data) : data) as Record<string, unknown>;
    if (update.type === 'token-delta') return [];
    if (update.type === 'turn-ended' && update.usage !== undefined) return `${id} usage`;
    return `${id} ${boundaries.has(String(update.type)) ? 'boundary' : 'other'}`;
  });
}
