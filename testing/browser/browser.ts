import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import type { TestApp } from './app.ts';

/** Launches a real browser without background network traffic. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null)
    throw new Error('No Chromium was found. Install one, or say where it is with CHROME_PATH.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export type OpenPage = {
  readonly page: Page;
  /** Errors of the page: exceptions, console errors, violations of the security policy. */
  readonly faults: string[];
  /** URLs outside the daemon that the page requested. */
  readonly foreignRequests: string[];
};

/** Opens a logged-in window, as `cerevisor` does. */
export async function openPage(
  app: TestApp,
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  // Generous, so that no test fails because the machine is slow.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  const foreignRequests: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // Requests to a stopped daemon fail with these errors, which the page handles.
    if (message.type() === 'error' && !message.text().includes('net::ERR_'))
      faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url()) && !/^(data|blob):/.test(request.url()))
      foreignRequests.push(request.url());
  });
  const { url } = await app.client().createLogin();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Workflows' }).waitFor();
  return { page, faults, foreignRequests };
}

/**
 * Waits until the focus is on an element or inside it. A dialog gets it a moment after it is seen, and a key that is
 * pressed before goes where the focus was.
 */
export const waitForFocusIn = (place: Locator): Promise<void> =>
  place.and(place.page().locator(':focus-within')).waitFor();

/** The URL fragment that shows a screen. */
export function routeOf(parts: Readonly<Record<string, string>>): string {
  return `/#${new URLSearchParams(parts)}`;
}
