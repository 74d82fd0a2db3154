import { z } from 'zod';
import type { NewItem } from '../adapter.ts';
import { toolOutput } from '../new-items.ts';

const outputEvent = z.object({
  case: z.enum(['stdout', 'stderr']),
  value: z.object({ data: z.string().min(1) }),
});

/** A command may print without end; its result contains the rest, as far as it is kept. */
const MAX_LENGTH_PER_CALL = 1_000_000;

/**
 * Live output of commands. The SDK does not say which command it belongs to: with one running command it is certain;
 * with several it would be a guess, so their output is taken from their results.
 */
export class ShellOutput {
  readonly #openCalls = new Map<string, number>();

  begin(callId: string): void {
    this.#openCalls.set(callId, 0);
  }

  end(callId: string): void {
    this.#openCalls.delete(callId);
  }

  read(event: unknown): readonly NewItem[] {
    const output = outputEvent.safeParse(event).data;
    const [only, second] = this.#openCalls;
    if (output === undefined || only === undefined || second !== undefined) return [];
    const [callId, lengthSoFar] = only;
    const length = lengthSoFar + output.value.data.length;
    this.#openCalls.set(callId, length);
    if (lengthSoFar >= MAX_LENGTH_PER_CALL) return [];
    const items = [toolOutput(callId, output.case, output.value.data)];
    if (length < MAX_LENGTH_PER_CALL) return items;
    return [...items, toolOutput(callId, 'stderr', '\n… further output is not shown live …\n')];
  }
}
