import type { Appearance } from '../terminal/appearance.ts';

/** How the tree of a session is to be drawn. */
export type TreeOptions = Pick<Appearance, 'color' | 'unicode'> & {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly width: number;
  /** Rows that the tree may take; details give way first, then settled waves are folded. */
  readonly height?: number;
  readonly footer?: string;
};
