import type { Browser, Page } from 'playwright-core';
import { itemOfEvent } from '../src/transcript/event-item.ts';
import { startApp, type TestApp } from '../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../testing/browser/browser.ts';
import { workflowOf } from '../testing/browser/workflows.ts';
import { percentile } from './child.ts';
import { measureNewestRows } from './newest-rows.ts';

const LOADS = 7;
const WORDS = 120;

/**
 * Measures the app in a real browser against a real daemon: the time until the first screen is usable, the time from an
 * event's timestamp (set before the event is written to disk) until its text is painted, and the time from selecting an
 * agent until the newest rows of its long transcript are drawn.
 */
export async function measureApp(): Promise<Record<string, number>> {
  const app = await startApp();
  const browser = await launchBrowser();
  try {
    const loads: number[] = [];
    for (let round = 0; round < LOADS; round += 1) loads.push(await measureFirstLoad(app, browser));
    const lags = await measurePaintLags(app, browser);
    const rows = await measureNewestRows(app, browser);
    return {
      'first load until usable: median ms (target: under 1,000)': percentile(loads, 0.5),
      'event until painted: median ms (target: under 100)': percentile(lags, 0.5),
      'event until painted: p95 ms': percentile(lags, 0.95),
      'events measured': lags.length,
      [`${newestRowsLabel('running')} (target: under 300)`]: percentile(rows.running, 0.5),
      [`${newestRowsLabel('settled')} (target: under 300)`]: percentile(rows.settled, 0.5),
    };
  } finally {
    await browser.close();
    await app[Symbol.asyncDispose]();
  }
}

const newestRowsLabel = (state: string): string =>
  `address to newest row in the page, 100,000 events, ${state}: median ms`;

/** Loads the app with an empty browser cache and waits until the workflow field is visible. */
async function measureFirstLoad(app: TestApp, browser: Browser): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  const { url } = await app.client().createLogin();
  const began = performance.now();
  await page.goto(url);
  await page.getByLabel('New workflow').waitFor();
  const took = performance.now() - began;
  await page.context().close();
  return took;
}

/** Records when each numbered word was first painted. Uses the same clock as the daemon. */
const watchWords = `
  window.paintedAt = new Map();
  const record = () => {
    const words = new Set(document.querySelector('[aria-label="Transcript"]')?.textContent.match(/mark\\d+!/g));
    for (const word of words) if (!window.paintedAt.has(word)) window.paintedAt.set(word, Date.now());
  };
  new MutationObserver(() => requestAnimationFrame(record))
    .observe(document.body, { childList: true, subtree: true, characterData: true });
`;

async function measurePaintLags(app: TestApp, browser: Browser): Promise<number[]> {
  const words = Array.from({ length: WORDS }, (_, number) => `mark${number}!`);
  const script = `say Begin.\nwait 5s\nsay ${words.join(' ')}`;
  const { sessionId } = await app.client().start({
    workflow: workflowOf('Words', [{ id: 'a', name: 'Speaker', script }]),
  });
  const { page } = await openPage(app, browser);
  await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId, agent: 'a' }));
  await page.getByRole('region', { name: 'Transcript' }).getByText('Begin.').waitFor();
  await page.evaluate(watchWords);
  await page
    .getByText(words.at(-1) ?? '')
    .first()
    .waitFor({ timeout: 60_000 });
  return lagsBetween(await paintedAt(page), await eventTimes(app, sessionId));
}

async function paintedAt(page: Page): Promise<Map<string, number>> {
  // A map from words to milliseconds; see `watchWords`.
  return new Map((await page.evaluate('[...window.paintedAt]')) as [string, number][]);
}

/** The timestamp of the event that contained each word. */
async function eventTimes(app: TestApp, sessionId: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let text = '';
  for (let after = 0; ; ) {
    const page = await app.client().sessionEvents(sessionId, { after, limit: 1000 });
    for (const event of page.items) {
      after = event.seq;
      const item = itemOfEvent(event);
      if (item?.kind !== 'text') continue;
      text += item.text;
      for (const word of text.match(/mark\d+!/g) ?? [])
        if (!times.has(word)) times.set(word, Date.parse(event.at));
    }
    if (page.items.length === 0) return times;
  }
}

function lagsBetween(painted: Map<string, number>, receivedAt: Map<string, number>): number[] {
  return [...painted].flatMap(([word, at]) => {
    const from = receivedAt.get(word);
    return from === undefined ? [] : [at - from];
  });
}
