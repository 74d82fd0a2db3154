import { THREAD_VARIABLE } from '../harness/harness.ts';

/** The thread that a process belongs to, from the `NAME=value` entries of its environment. */
export function threadIn(pieces: readonly string[]): string | null {
  const prefix = `${THREAD_VARIABLE}=`;
  return pieces.find((piece) => piece.startsWith(prefix))?.slice(prefix.length) ?? null;
}
