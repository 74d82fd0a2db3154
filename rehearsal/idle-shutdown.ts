import type { Server } from 'node:http';

const checkEveryMs = 10_000;

/** Shuts the rehearsal cloud down after a period without requests or live runs. */
export class IdleShutdown {
  readonly #timer: NodeJS.Timeout | undefined;
  #lastUseMs = performance.now();

  constructor(
    server: Server,
    idleMinutes: number,
    isBusy: () => boolean,
    onIdle: () => Promise<void>,
  ) {
    if (idleMinutes <= 0) return;
    const idleMs = idleMinutes * 60_000;
    server.on('request', () => {
      this.#lastUseMs = performance.now();
    });
    const check = () => {
      if (isBusy()) this.#lastUseMs = performance.now();
      if (performance.now() - this.#lastUseMs >= idleMs) void onIdle();
    };
    this.#timer = setInterval(check, Math.min(checkEveryMs, Math.max(10, idleMs / 4)));
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
