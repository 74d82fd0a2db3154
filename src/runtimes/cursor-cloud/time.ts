/** Returns milliseconds since the epoch; injected so that tests control the time. */
export type Clock = () => number;
