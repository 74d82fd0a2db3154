/** How many hosts wait for a next turn at most. Each of them uses about as much memory as an agent at work. */
const MAX_IDLE_HOSTS = 4;

type Waiting = { readonly end: () => void; readonly timer: NodeJS.Timeout };

/**
 * The hosts without a turn. A next turn of the thread often follows at once, so the newest are kept for a while. Without
 * an upper limit, a wave of many short agents would use the memory of all of them.
 */
export class IdleHosts {
  readonly #keepMs: number;
  /** In the order in which they became idle. */
  readonly #waiting = new Map<object, Waiting>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Calls `end` after a while, or earlier if more hosts become idle than are kept. */
  add(host: object, end: () => void): void {
    this.remove(host);
    const timer = setTimeout(() => this.#end(host), this.#keepMs).unref();
    this.#waiting.set(host, { end, timer });
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size > MAX_IDLE_HOSTS) this.#end(oldest);
  }

  /** The host has a turn again, or has ended. */
  remove(host: object): void {
    clearTimeout(this.#waiting.get(host)?.timer);
    this.#waiting.delete(host);
  }

  #end(host: object): void {
    const waiting = this.#waiting.get(host);
    this.remove(host);
    waiting?.end();
  }
}
