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
 * How quick the app is in a real browser, against a real daemon: the time until the first screen can be used, the time
 * from an event's own timestamp, which is taken before it is on disk, until its words are painted, and the time from the
 * choice of an agent until the newest rows of its long transcript are drawn.
 */
export async function measureApp(): Promise<Record<string, number>> {
  const app = await startApp();
  const browser = await launchBrowser();
  try {
    const loads: number[] = [];
    for (let round = 0; round < LOADS; round += 1) loads.push(await firstLoad(app, browser));
    const lags = await paintingLags(app, browser);
    const rows = await measureNewestRows(app, browser);
    return {
      'first load until usable: median ms (wanted: under 1,000)': percentile(loads, 0.5),
      'event until painted: median ms (wanted: under 100)': percentile(lags, 0.5),
      'event until painted: p95 ms': percentile(lags, 0.95),
      'events measured': lags.length,
      [`${rowsOf('going on')} (wanted: under 300)`]: percentile(rows.goingOn, 0.5),
      [`${rowsOf('settled')} (wanted: under 300)`]: percentile(rows.settled, 0.5),
    };
  } finally {
    await browser.close();
    await app[Symbol.asyncDispose]();
  }
}

const rowsOf = (state: string): string =>
  `address to newest row in the page, 100,000 events, ${state}: median ms`;

/** In a browser that has nothing of the app in its cache, until there is a field to type into. */
async function firstLoad(app: TestApp, browser: Browser): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  const { url } = await app.client().createLogin();
  const began = performance.now();
  await page.goto(url);
  await page.getByLabel('New workflow').waitFor();
  const took = performance.now() - began;
  await page.context().close();
  return took;
}

/** Notes when each numbered word was first painted, by the clock that the daemon uses, too. */
const watchWords = `
  window.paintedAt = new Map();
  const note = () => {
    const words = new Set(document.querySelector('[aria-label="Transcript"]')?.textContent.match(/mark\\d+!/g));
    for (const word of words) if (!window.paintedAt.has(word)) window.paintedAt.set(word, Date.now());
  };
  new MutationObserver(() => requestAnimationFrame(note))
    .observe(document.body, { childList: true, subtree: true, characterData: true });
`;

async function paintingLags(app: TestApp, browser: Browser): Promise<number[]> {
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
  return lagsOf(await paintedAt(page), await eventTimes(app, sessionId));
}

async function paintedAt(page: Page): Promise<Map<string, number>> {
  // The page keeps a map from words to milliseconds; see `watchWords`.
  return new Map((await page.evaluate('[...window.paintedAt]')) as [string, number][]);
}

/** When the event came that brought each word. */
async function eventTimes(app: TestApp, sessionId: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let said = '';
  for (let after = 0; ; ) {
    const page = await app.client().sessionEvents(sessionId, { after, limit: 1000 });
    for (const event of page.items) {
      after = event.seq;
      const item = itemOfEvent(event);
      if (item?.kind !== 'text') continue;
      said += item.text;
      for (const word of said.match(/mark\d+!/g) ?? [])
        if (!times.has(word)) times.set(word, Date.parse(event.at));
    }
    if (page.items.length === 0) return times;
  }
}

function lagsOf(painted: Map<string, number>, told: Map<string, number>): number[] {
  return [...painted].flatMap(([word, at]) => {
    const from = told.get(word);
    return from === undefined ? [] : [at - from];
  });
}
