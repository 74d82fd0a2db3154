import type { Appearance } from '../terminal/appearance.ts';

/** How to draw the tree of a session. */
export type TreeOptions = Pick<Appearance, 'color' | 'unicode'> & {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly width: number;
  /** The available rows; details are omitted first, then settled waves are collapsed. */
  readonly height?: number;
  readonly footer?: string;
};
