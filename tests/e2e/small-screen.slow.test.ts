import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const sizes = [
  { width: 390, height: 844 },
  { width: 768, height: 1024 },
  { width: 900, height: 600 },
  { width: 844, height: 390 },
  { width: 320, height: 568 },
] as const;
const agents = ['Planner', 'Builder'].map((name) => ({ id: name, name, script: 'say Hello.' }));

/** How far something reaches over the edges of the window, in pixels. */
async function beyondEdges(page: Page, place: Locator): Promise<number> {
  const box = await place.boundingBox();
  const window = page.viewportSize();
  // Not there, or just taken away for what comes instead.
  if (box === null || window === null) return Number.POSITIVE_INFINITY;
  const over = [
    -box.x,
    -box.y,
    box.x + box.width - window.width,
    box.y + box.height - window.height,
  ];
  return Math.max(0, ...over);
}

/** Parts that are wider than the room they are given, and cannot be scrolled to. */
const cutParts = `[...document.querySelectorAll('[role=dialog] *, header *, footer, main *')]
  .filter((element) => {
    if (element.closest('.react-flow, .sr-only, table') !== null) return false;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return false;
    let parent = element.parentElement;
    for (; parent !== null; parent = parent.parentElement)
      if (/auto|scroll|hidden/.test(getComputedStyle(parent).overflowX)) return false;
    return box.right > innerWidth + 1 || box.left < -1;
  })
  .map((element) => element.outerHTML.slice(0, 160))`;

describe.each(sizes)('on a screen of $width x $height', (viewport) => {
  it('shows every dialog completely, including its close button and its actions', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser, {
      viewport,
      ...(viewport.width < 500 && { isMobile: true, hasTouch: true }),
    });
    const file = writeWorkflow(app, workflowOf('Small', agents));
    const { sessionId } = await app.client().start({ workflow: workflowOf('Small run', agents) });
    for (const [title, button, place] of [
      ['Settings', 'Close', { file, dialog: 'settings', tab: 'workflow' }],
      ['Settings', 'Close', { dialog: 'settings', tab: 'preferences' }],
      ['Execution', 'Run', { file, dialog: 'execution' }],
      ['Execution', 'Export', { dialog: 'execution', session: sessionId }],
      ['Execution', 'Close agent', { dialog: 'execution', session: sessionId, agent: 'Planner' }],
      ['Cloud Sessions', 'Close', { dialog: 'sessions' }],
      ['Keyboard shortcuts', 'Close', { dialog: 'shortcuts' }],
    ] as const) {
      await page.goto('about:blank');
      await page.goto(app.url() + routeOf(place));
      const dialog = page.getByRole('dialog', { name: title });
      const way = dialog.getByRole(button === 'Export' ? 'link' : 'button', {
        name: button,
        exact: true,
      });
      await expect.poll(() => beyondEdges(page, way), { message: `${title}: ${button}` }).toBe(0);
      await expect.poll(() => beyondEdges(page, dialog), { message: title }).toBe(0);
      expect(await page.evaluate(cutParts), title).toEqual([]);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('allows reading a transcript and answering its agent', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser, { viewport });
    const [planner, builder] = agents;
    const failing = { ...builder, id: 'Builder', name: 'Builder', script: 'fail The tests fail.' };
    const { sessionId } = await app.client().start({
      workflow: workflowOf('Small failure', planner ? [planner, failing] : [failing]),
    });
    await page.goto(
      app.url() + routeOf({ dialog: 'execution', session: sessionId, agent: 'Builder' }),
    );
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('textbox', { name: 'Follow up with Builder' }).waitFor();
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await expect.poll(async () => (await transcript.boundingBox())?.height).toBeGreaterThan(160);
    await dialog.getByRole('heading', { name: 'Builder' }).hover();
    const afterScrolling = async (way: Locator) => {
      await page.mouse.wheel(0, 5000);
      return beyondEdges(page, way);
    };
    for (const way of [
      dialog.getByRole('textbox', { name: 'Follow up with Builder' }),
      dialog.getByRole('button', { name: 'Send' }),
    ])
      await expect.poll(() => afterScrolling(way)).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('allows designing and running a workflow', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser, { viewport });
    const path = writeWorkflow(app, workflowOf('Small canvas', agents));
    await page.goto(app.url() + routeOf({ file: path }));
    const palette = page.getByRole('navigation', { name: 'Agent palette' });
    const canvas = page.locator('.react-flow');
    for (const role of ['Tester', 'Reviewer', 'Researcher']) {
      await palette.getByRole('button', { name: role }).click();
      const panel = page.getByRole('complementary', { name: `Agent ${role}` });
      await expect.poll(() => beyondEdges(page, panel)).toBe(0);
      // The new card is seen whole, next to its panel or above it.
      await expect
        .poll(async () => {
          const room = await canvas.boundingBox();
          const card = await page.getByRole('group', { name: `Agent ${role}` }).boundingBox();
          if (card === null || room === null) return false;
          const isWide = card.width > room.width;
          return (
            card.x >= room.x - 1 &&
            card.y >= room.y - 1 &&
            (isWide || card.x + card.width <= room.x + room.width + 1) &&
            card.y + card.height <= room.y + room.height + 1
          );
        })
        .toBe(true);
    }
    for (const name of ['Run', 'Save', 'Undo'])
      await expect
        .poll(() => beyondEdges(page, page.getByRole('button', { name, exact: true })))
        .toBe(0);
    expect(await page.evaluate(cutParts)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
