/** Milliseconds since the epoch; injected so that tests own the time. */
export type Clock = () => number;
