import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import type { TestApp } from './app.ts';

/** A real browser that talks to nobody but the page. */
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
  /** Faults of the page: exceptions, errors in the console, what the security policy refused. */
  readonly faults: string[];
  /** Addresses other than the daemon's that the page asked for. */
  readonly strangers: string[];
};

/** A window that is logged in, as `cerevisor` opens it. */
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
  // No test fails because the machine is slow.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A daemon that is gone shows up here as failed requests: that is for the page to say, not a fault of it.
    if (message.type() === 'error' && !message.text().includes('net::ERR_'))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url()) && !/^(data|blob):/.test(request.url()))
      strangers.push(request.url());
  });
  const { url } = await app.client().createLogin();
  await page.goto(url);
  await page.getByRole('heading', { name: 'Workflows' }).waitFor();
  return { page, faults, strangers };
}

/** The part of the address that shows a screen. */
export function routeOf(parts: Readonly<Record<string, string>>): string {
  return `/#${new URLSearchParams(parts)}`;
}
