import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const agents = ['One', 'Two'].map((name) => ({ id: name, name, script: 'say Hello.' }));
const cardOf = (page: Page, name: string) => page.getByRole('group', { name: `Agent ${name}` });

async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox();
  if (box === null) throw new Error('It is not on the screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Somewhere on the disk, where a person would have it. */
function fileIn(name: string, content: object | string): string {
  const path = join(fixture.app.home, name);
  const isData = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync(path, isData ? content : JSON.stringify(content));
  return path;
}

/**
 * Drops a file as a file manager does, and as a hand does: not before the page shows what it would make of it. The
 * browser leaves the page for the file unless the page takes it, and loses one that is dropped before the page's answer
 * has reached it, however much that is seen already: a file that the page never got is dropped again.
 */
async function dropFile(
  page: Page,
  path: string | string[],
  { x, y }: { x: number; y: number },
  isWelcome = true,
) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path].flat(), dragOperationsMask: 1 };
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x, y, data });
  const hovers = async () => {
    await drag('dragOver');
    return page.getByText('Drop it to open the workflow').isVisible();
  };
  const drop = async () => {
    await page.evaluate(`void (globalThis.dropped = new Promise((resolve) => {
      addEventListener('drop', () => resolve(true), { once: true, capture: true });
    }))`);
    await drag('dragEnter');
    await expect.poll(hovers).toBe(isWelcome);
    await drag('drop');
    // The event comes in its own time.
    return page.evaluate(
      'Promise.race([dropped, new Promise((resolve) => setTimeout(resolve, 1_000, false))])',
    );
  };
  // What is not welcome is no drop for the page either.
  if (isWelcome) await expect.poll(drop).toBe(true);
  else await drop();
  await session.detach();
}

describe('designing with a pointer', () => {
  it('places a role from the palette where it is dropped', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, workflowOf('From the palette', agents));
    await page.goto(app.url() + routeOf({ file: path }));
    await cardOf(page, 'Two').waitFor();
    const canvas = page.getByRole('main', { name: 'Canvas' });
    const { x, y } = await middleOf(cardOf(page, 'One'));
    const corner = await canvas.boundingBox();
    await page
      .getByRole('navigation', { name: 'Agent palette' })
      .getByRole('button', { name: /Architect/ })
      .dragTo(canvas, {
        targetPosition: { x: x - (corner?.x ?? 0), y: y - (corner?.y ?? 0) + 220 },
      });
    await cardOf(page, 'Architect').waitFor();
    const dropped = await middleOf(cardOf(page, 'Architect'));
    // Below the card that stands there, in its column.
    expect(Math.abs(dropped.x - x)).toBeLessThan(60);
    expect(dropped.y).toBeGreaterThan(y);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('moves a card to another column, and the waves follow', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('Between columns', agents);
    const path = writeWorkflow(app, { ...workflow, connections: [] } as never);
    await page.goto(app.url() + routeOf({ file: path }));
    // Until the drawing has its place in the window, the cards are hidden.
    for (const name of ['One', 'Two']) await cardOf(page, name).waitFor();
    const [one, two] = [await middleOf(cardOf(page, 'One')), await middleOf(cardOf(page, 'Two'))];
    expect(await page.getByText('Wave 2').count()).toBe(0);
    await page.mouse.move(two.x, two.y);
    await page.mouse.down();
    await page.mouse.move(one.x + 20, one.y + 200, { steps: 8 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor();
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Saved' }).waitFor();
    const saved = JSON.parse(readFileSync(path, 'utf8'));
    const placeOfAgent = (id: string) =>
      saved.agents.find((agent: { id: string }) => agent.id === id).position;
    // It snaps to its new column.
    expect(placeOfAgent('Two').x).toBe(placeOfAgent('One').x);
    expect(placeOfAgent('Two').y).toBeGreaterThan(placeOfAgent('One').y);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('opens a file that is dropped on it, and ignores what is not a workflow', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const dropped = { x: 700, y: 400 };
    await dropFile(page, fileIn('Dropped.cerevisor', workflowOf('Dropped', agents)), dropped);
    await cardOf(page, 'Two').waitFor();
    await dropFile(page, fileIn('Other.cerevisor', workflowOf('Other one', agents)), dropped);
    await page.getByRole('banner').getByText('Other one').waitFor();
    await page.getByRole('button', { name: 'Home' }).click();
    const recent = page.getByRole('region', { name: 'Recent' });
    await recent.getByRole('button', { name: 'Other one', exact: true }).waitFor();
    const before = await recent.getByRole('listitem').count();
    await dropFile(page, fileIn('Broken.cerevisor', '{"version": "1.0", "agents": ['), dropped);
    await page
      .getByText(/"Broken" is not a workflow/)
      .first()
      .waitFor();
    await dropFile(page, fileIn('photo.png', Buffer.from('89504e470d0a1a0aff', 'hex')), dropped);
    await page
      .getByText(/"photo.png" is not a workflow/)
      .first()
      .waitFor();
    expect(await recent.getByRole('listitem').count()).toBe(before);

    await recent.getByRole('button', { name: 'Remove Dropped from this list' }).click();
    await recent
      .getByRole('button', { name: 'Dropped', exact: true })
      .waitFor({ state: 'detached' });
    expect(await recent.getByRole('listitem').count()).toBe(before - 1);
    expect(faults.filter((fault) => !fault.includes('status of 4'))).toEqual([]);
    await page.context().close();
  });

  it('reports several files that are not workflows in one message, which disappears when a workflow is opened', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    const place = { x: 700, y: 700 };
    const messages = page.getByLabel('Messages').locator('[role=alertdialog]');
    const bad = ['one.txt', 'two.txt', 'three.txt'].map((name) => fileIn(name, 'Buy milk.'));
    await dropFile(page, bad, place);
    await messages.getByText('3 files were not opened').waitFor();
    for (const name of ['one.txt', 'two.txt', 'three.txt'])
      expect(await messages.getByText(`"${name}" is not a workflow`).count(), name).toBe(1);
    await dropFile(page, fileIn('four.txt', 'Buy bread.'), place);
    await messages.getByText('"four.txt" is not a workflow').waitFor();
    expect(await messages.count()).toBe(1);
    await dropFile(page, fileIn('Good.cerevisor', workflowOf('Good', agents)), place);
    await cardOf(page, 'Two').waitFor();
    await expect.poll(() => messages.count()).toBe(0);
    await page.context().close();
  });

  it('does not leave the app for a file that is dropped next to the canvas or on a dialog', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    const path = writeWorkflow(app, workflowOf('Stays', agents));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings' }));
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    const other = fileIn('Ignored.cerevisor', workflowOf('Ignored', agents));
    for (const place of [
      { x: 720, y: 450 },
      { x: 5, y: 5 },
    ])
      await dropFile(page, other, place, false);
    await page.keyboard.press('Escape');
    await page.getByRole('banner').getByText('Stays').waitFor();
    for (const place of [
      { x: 60, y: 20 },
      { x: 1000, y: 890 },
    ]) {
      await dropFile(page, fileIn('notes.txt', 'Buy milk.'), place);
      await page
        .getByText(/"notes.txt" is not a workflow/)
        .first()
        .waitFor();
    }
    expect(page.url()).toContain(app.url());
    await page.context().close();
  });

  it('loads changes by others to the file if nothing was edited here', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('On disk', agents);
    const path = writeWorkflow(app, workflow);
    await page.goto(app.url() + routeOf({ file: path }));
    await cardOf(page, 'Two').waitFor();
    const renamed = JSON.stringify(workflow).replaceAll('"name":"Two"', '"name":"Second"');
    writeFileSync(path, renamed);
    await cardOf(page, 'Second').waitFor({ timeout: 120_000 });
    expect(await page.getByText('Not saved').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
