import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openSession, openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { type SeededSession, seedSessions } from '../../testing/browser/seed-sessions.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const amount = 10_000;

function* manySessions(): Iterable<SeededSession> {
  for (let number = 0; number < amount; number += 1)
    yield { name: `Nightly ${number}`, outcome: number % 100 === 7 ? 'failed' : 'finished' };
}

const fixture = setUpApp((home) => seedSessions(home, manySessions()));
const end = 1_000_000_000;
const scrollTo = (place: Locator, top: number) =>
  place.evaluate((element, wanted) => {
    element.scrollTop = wanted;
  }, top);

describe('large amounts of data', () => {
  it('lists, searches, filters and scrolls 10,000 sessions, of which only the visible ones are drawn', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const dialog = await openSessions(page);
    await dialog.getByText('10,000 sessions').waitFor();
    const rows = dialog.getByRole('article');
    expect(await rows.count()).toBeLessThan(60);

    await scrollTo(dialog.getByRole('list', { name: 'Sessions' }).locator('..'), end);
    await dialog.getByRole('article', { name: /^Nightly 0 / }).waitFor();
    expect(await rows.count()).toBeLessThan(60);

    await dialog.getByLabel('Search sessions').fill('Nightly 4321');
    await dialog.getByText('1 session', { exact: true }).waitFor();
    await dialog.getByRole('article', { name: /Nightly 4321/ }).waitFor();
    await dialog.getByLabel('Search sessions').fill('');
    await dialog.getByRole('button', { name: 'Failed', exact: true }).click();
    await dialog.getByText('100 sessions', { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows the end of a transcript of 100,000 events at once, and earlier rows on scrolling up', async () => {
    const { app, browser } = fixture;
    // A delta is two events.
    const script = 'chatter 50000\nsay The very end.';
    const { sessionId } = await app.client().start({
      workflow: workflowOf('Chatter', [{ id: 'a', name: 'Chatterbox', script }]),
    });
    await expect
      .poll(async () => (await app.client().session(sessionId)).status, {
        timeout: 120_000,
        interval: 500,
      })
      .toBe('finished');
    const { page, faults } = await openPage(app, browser);
    const parts: string[] = [];
    page.on('request', (request) => {
      if (/events\?.*agent=a/.test(request.url())) parts.push(request.url());
    });
    const dialog = await openSession(app, page, sessionId, 'a');
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('The very end.').waitFor({ timeout: 120_000 });
    // The end, and at most what fills the screen above it.
    expect(parts.length).toBeLessThan(4);
    const known = parts.length;
    // Again until it has an effect, as a person does while the page is still placing what came.
    const scrolled = async () => {
      await scrollTo(transcript, 0);
      return parts.length;
    };
    await expect.poll(scrolled, { timeout: 30_000 }).toBeGreaterThan(known);
    expect(parts.length).toBeLessThan(known + 6);
    await dialog.getByRole('button', { name: 'Go to the end' }).click();
    await transcript.getByText('The very end.').waitFor();
    expect(await dialog.locator('*').count()).toBeLessThan(5_000);
    await dialog.getByRole('button', { name: 'Close agent' }).click();
    await transcript.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
