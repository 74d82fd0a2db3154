import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
// More than fits at its full size, so that it has to be fitted.
const agents = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'].map((name) => ({
  id: name,
  name,
  script: 'say Hello.',
}));

/** Notes with every frame which part of the drawing is seen, and the cards whose text is not. */
const watchFrames = `(() => {
  window.frames_ = { views: [], empty: [] };
  const note = () => {
    requestAnimationFrame(note);
    const view = document.querySelector('.react-flow__viewport')?.style.transform;
    const cards = [...document.querySelectorAll('.react-flow__node')];
    if (view === undefined || cards.length === 0) return;
    if (window.frames_.views.at(-1) !== view) window.frames_.views.push(view);
    for (const card of cards) {
      const isSeen = (element) => getComputedStyle(element).visibility === 'visible';
      if (isSeen(card) && [...card.querySelectorAll('*')].some((part) => !isSeen(part)))
        window.frames_.empty.push(card.dataset.id);
    }
  };
  requestAnimationFrame(note);
})()`;

async function openCanvas(page: Page, path: string): Promise<{ views: string[]; empty: string[] }> {
  await page.addInitScript(watchFrames);
  // Another document, so that the canvas comes with the page, as after a reload.
  await page.goto('about:blank');
  await page.goto(fixture.app.url() + routeOf({ file: path }));
  await page.getByRole('group', { name: 'Agent One' }).waitFor();
  await page.getByText('No problems').waitFor();
  return page.evaluate('window.frames_');
}

describe('the first paint of the canvas', () => {
  it.each(['reduce', 'no-preference'] as const)(
    'has all cards with their text, where they stay (motion: %s)',
    async (reducedMotion) => {
      const { app, browser } = fixture;
      const { page, faults } = await openPage(app, browser, { reducedMotion });
      const path = writeWorkflow(app, workflowOf('First paint', agents));
      const { views, empty } = await openCanvas(page, path);
      expect(empty).toEqual([]);
      expect(views).toHaveLength(1);
      const canvas = await page.getByRole('main', { name: 'Canvas' }).boundingBox();
      for (const { name } of agents) {
        const card = await page.getByRole('group', { name: `Agent ${name}` }).boundingBox();
        expect(card?.x).toBeGreaterThan(canvas?.x ?? 0);
        expect((card?.x ?? 0) + (card?.width ?? 0)).toBeLessThan(1440);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );

  it('shows the part of the canvas that was visible last', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    const left = { x: -200, y: 90, zoom: 0.8 };
    const path = writeWorkflow(app, {
      ...workflowOf('Left there', agents),
      viewport: left,
    } as never);
    const { views } = await openCanvas(page, path);
    expect(views).toEqual(['translate(-200px, 90px) scale(0.8)']);
    await page.context().close();
  });
});
