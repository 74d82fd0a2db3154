/** A frame of a run's stream. `data` is the raw JSON text. */
export type Frame = { readonly event: string; readonly id?: string; readonly data: string };
