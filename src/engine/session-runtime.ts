import type { RuntimeId } from '../session/events.ts';

/** The runtime whose backend and account are those of a whole session (`SessionStarted`). */
export const SESSION_RUNTIME: RuntimeId = 'cursor-cloud';
