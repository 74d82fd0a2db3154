import { readFileSync, writeFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openPage, placeOf } from './support/browser.ts';
import { tellStory } from './support/story.ts';
import { workflowOf, writeWorkflow } from './support/workflows.ts';

const story = tellStory();
const agents = ['One', 'Two'].map((name) => ({ id: name, name, script: 'say Hello.' }));
const cardOf = (page: Page, name: string) => page.getByRole('group', { name: `Agent ${name}` });

async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox();
  if (box === null) throw new Error('It is not on the screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drops files onto the page as a file manager does. */
async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer();
      transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      return transfer; })()`,
  );
  const target = page.getByRole('main');
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  await target.dispatchEvent('drop', { dataTransfer: transfer });
}

describe('designing with a pointer', () => {
  it('drops a role from the palette where it is let go', async () => {
    const { app, browser } = story;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, workflowOf('From the palette', agents));
    await page.goto(app.url() + placeOf({ file: path }));
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
    const { app, browser } = story;
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('Between columns', agents);
    const path = writeWorkflow(app, { ...workflow, connections: [] } as never);
    await page.goto(app.url() + placeOf({ file: path }));
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

  it('opens a file that is dropped on it, and says why it cannot read another', async () => {
    const { app, browser } = story;
    const { page, faults } = await openPage(app, browser);
    await dropFile(page, 'Dropped.cerevisor', JSON.stringify(workflowOf('Dropped', agents)));
    await cardOf(page, 'Two').waitFor();
    await page.getByRole('button', { name: 'Home' }).click();
    await dropFile(page, 'Broken.cerevisor', '{"version": "1.0", "agents": [');
    await page
      .getByText(/cannot be read|was not taken over/)
      .first()
      .waitFor();
    expect(faults.filter((fault) => !fault.includes('status of 4'))).toEqual([]);
    await page.context().close();
  });

  it('takes over what somebody else wrote to the file while nothing was edited here', async () => {
    const { app, browser } = story;
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('On disk', agents);
    const path = writeWorkflow(app, workflow);
    await page.goto(app.url() + placeOf({ file: path }));
    await cardOf(page, 'Two').waitFor();
    const renamed = JSON.stringify(workflow).replaceAll('"name":"Two"', '"name":"Second"');
    writeFileSync(path, renamed);
    await cardOf(page, 'Second').waitFor({ timeout: 60_000 });
    expect(await page.getByText('Not saved').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
