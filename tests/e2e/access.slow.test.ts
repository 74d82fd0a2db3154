import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { startApp, type TestApp } from '../../testing/browser/app.ts';
import { launchBrowser, type OpenPage, openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';
import { relayTo as tunnelTo } from '../../testing/command-line.ts';

let app: TestApp;
let browser: Browser;
let sessionId: string;
let path: string;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
  const workflow = workflowOf('For everyone', [
    { id: 'plan', name: 'Planner', script: 'think Hm.\nread README.md\nsay **Planned**.' },
    { id: 'build', name: 'Builder', script: 'fail No luck.' },
    { id: 'check', name: 'Checker', script: 'say Checked.' },
  ]);
  path = writeWorkflow(app, workflow);
  ({ sessionId } = await app.client().start({ workflow }));
  await app.client().sessions();
});
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
});

const screens: readonly [name: string, place: () => Record<string, string>, ready: string][] = [
  ['home', () => ({}), 'Workflows'],
  ['canvas', () => ({ file: path }), 'Add an agent'],
  ['pre-run summary', () => ({ file: path, dialog: 'execution' }), '3 agents in 3 waves'],
  ['session', () => ({ dialog: 'execution', session: sessionId }), 'All waves settled'],
  ['agent', () => ({ dialog: 'execution', session: sessionId, agent: 'plan' }), 'Hand-offs'],
  ['sessions', () => ({ dialog: 'sessions' }), '1 session'],
  ['workflow settings', () => ({ file: path, dialog: 'settings' }), 'Run mode'],
  ['providers', () => ({ dialog: 'settings', tab: 'providers' }), 'Smoke test'],
  ['subscription', () => ({ dialog: 'settings', tab: 'subscription' }), 'License key'],
  ['preferences', () => ({ dialog: 'settings', tab: 'preferences' }), 'Resume on launch'],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage(app, browser, { colorScheme });
  });
  afterAll(() => opened?.page.context().close());

  it.each(screens)('the %s has no accessibility violations', async (_name, place, ready) => {
    const { page, faults, foreignRequests } = opened;
    await page.goto(app.url() + routeOf(place()));
    await page.getByText(ready).first().waitFor({ timeout: 120_000 });
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
  });
});

describe('access to the app', () => {
  it('shows a browser that is not logged in how to open the app', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${app.url()}/#login=wrong`);
    await page.getByText('Open Cerevisor from your terminal').waitFor();
    expect(page.url()).not.toContain('wrong');
    await page.getByText('already been used, or is older than a minute').waitFor();
    // This daemon was started by `node bin/cerevisor.mjs`, in a clone: nothing of it is on the path.
    await page.getByText(/node .*bin\/cerevisor\.mjs$/).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await context.close();
  });

  it('accepts a login link that is pasted into a tab which is not logged in', async () => {
    const page = await browser.newPage();
    await page.goto(app.url());
    await page.getByText('This browser is not logged in').waitFor();
    const { url } = await app.client().createLogin();
    // As typed into the address bar: the same page, with another fragment.
    await page.goto(url);
    await page.getByText('Workflows').first().waitFor();
    await page.context().clearCookies();
    await page.goto(app.url());
    const next = await app.client().createLogin();
    await page.getByLabel('Or paste the login link that it prints').fill('no link');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This is not a login link').waitFor();
    await page.getByLabel('Or paste the login link that it prints').fill(next.url);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Workflows').first().waitFor();
    await page.close();
  });

  it('works through an SSH tunnel with another port', async () => {
    await using tunnel = await tunnelTo(Number(new URL(app.url()).port));
    const page = await browser.newPage();
    await page.goto(`http://localhost:${tunnel.port}`);
    const { url } = await app.client().createLogin();
    await page.getByLabel('Or paste the login link that it prints').fill(url);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Workflows').first().waitFor();
    await page
      .getByRole('button', { name: /^Settings/ })
      .first()
      .click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.close();
  });

  it('fits a window of 1,024 pixels and a screen of 4K without scrolling sideways', async () => {
    for (const width of [1024, 3840]) {
      const { page } = await openPage(app, browser, { viewport: { width, height: 900 } });
      for (const name of ['home', 'canvas', 'sessions']) {
        const [, place, ready] = screens.find(([screen]) => screen === name) ?? [];
        await page.goto(app.url() + routeOf(place?.() ?? {}));
        await page
          .getByText(ready ?? '')
          .first()
          .waitFor();
        const overflow = 'document.documentElement.scrollWidth - innerWidth';
        expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    }
  });

  it('loads less than 300 KB of script for the first screen', async () => {
    // What the page itself names: the other screens follow once it is idle.
    const html = await (await fetch(app.url())).text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(
      ([, address]) => address,
    );
    expect(addresses.length).toBeGreaterThan(1);
    const sizes = await Promise.all(
      addresses.map(async (address) => {
        const script = await fetch(new URL(address ?? '', app.url()));
        return gzipSync(await script.bytes()).byteLength;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  });
});
