import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { itemOfEvent } from '../src/transcript/event-item.ts';
import type { TestApp } from '../testing/browser/app.ts';
import { openPage, routeOf } from '../testing/browser/browser.ts';
import { workflowOf } from '../testing/browser/workflows.ts';

const ROUNDS = 7;
/** Each delta is two Cursor events on the wire. */
const DELTAS = 50_000;
const END = 'The very end.';

/** Milliseconds of each round, in an open app that has not loaded the session yet. */
export type NewestRows = {
  readonly running: readonly number[];
  readonly settled: readonly number[];
};

/**
 * Measures, with the clock of the page, the time from navigating to an agent with a long transcript until the frame in
 * which its newest row is drawn: while its session is running, and after it has settled.
 */
export async function measureNewestRows(app: TestApp, browser: Browser): Promise<NewestRows> {
  const client = app.client();
  const script = `chatter ${DELTAS}\nsay ${END}\nwait 30m`;
  const { sessionId } = await client.start({
    workflow: workflowOf('Chatter', [{ id: 'a', name: 'Chatterbox', script }]),
  });
  while (!(await hasText(app, sessionId, END))) await setTimeout(500);
  const running = await measureRounds(app, browser, sessionId);
  await client.cancel(sessionId);
  while ((await client.session(sessionId)).status !== 'cancelled') await setTimeout(500);
  return { running, settled: await measureRounds(app, browser, sessionId) };
}

async function hasText(app: TestApp, sessionId: string, words: string): Promise<boolean> {
  const { items } = await app.client().sessionEvents(sessionId, { limit: 50, newestFirst: true });
  const texts = items.toReversed().flatMap((event) => {
    const item = itemOfEvent(event);
    return item?.kind === 'text' ? [item.text] : [];
  });
  return texts.join('').includes(words);
}

async function measureRounds(app: TestApp, browser: Browser, session: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    times.push(await measureRound(app, browser, session));
  return times;
}

/** Measures the time from the change of the address until the first frame with the newest row is drawn. */
const watchRow = `
  addEventListener('hashchange', () => {
    const began = performance.now();
    window.rowDrawnAfter = new Promise((resolve) => {
      const watch = new MutationObserver(() => {
        const transcript = document.querySelector('[aria-label="Transcript"]');
        if (!transcript?.textContent.includes(${JSON.stringify(END)})) return;
        watch.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - began));
      });
      watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }, { once: true });
`;

async function measureRound(app: TestApp, browser: Browser, session: string): Promise<number> {
  const { page } = await openPage(app, browser);
  await page.evaluate(watchRow);
  await page.goto(app.url() + routeOf({ dialog: 'execution', session, agent: 'a' }));
  // A promise for the milliseconds; see `watchRow`.
  const took = (await page.evaluate('window.rowDrawnAfter')) as number;
  await page.context().close();
  return took;
}
