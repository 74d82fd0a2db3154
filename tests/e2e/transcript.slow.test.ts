import { describe, expect, it } from 'vitest';
import { openSession, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

/** Notes with every frame the rows that lie on the next one, and how many heights the rows have had. */
const watchRows = `(() => {
  window.rows_ = { overlaps: [], heights: new Set() };
  const note = () => {
    requestAnimationFrame(note);
    const rows = [...document.querySelectorAll('[aria-label="Transcript"] [data-index]')];
    const boxes = rows.map((row) => row.getBoundingClientRect());
    for (const [index, box] of boxes.entries()) {
      window.rows_.heights.add(box.height);
      const next = boxes[index + 1];
      if (next !== undefined && next.top < box.bottom - 1)
        window.rows_.overlaps.push(rows[index].textContent);
    }
  };
  requestAnimationFrame(note);
})()`;

const paragraph = 'The cart keeps its items in the session.\\n\\n- one\\n- two\\n- three\\n\\n';
const script = Array.from({ length: 12 }, (_, index) => [
  `think Thought ${index}.`,
  `say "${paragraph.repeat(1 + (index % 3))}"`,
  'read README.md',
])
  .flat()
  .concat('say And so on.', 'wait 10m')
  .join('\n');

describe('the transcript of a running agent', () => {
  it('grows without overlapping rows, and stays at its end', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    await page.addInitScript(watchRows);
    await page.goto('about:blank');
    const { sessionId } = await app.client().start({
      workflow: workflowOf('Growing', [{ id: 'a', name: 'Writer', script }]),
    });
    const dialog = await openSession(app, page, sessionId, 'a');
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('And so on.', { exact: true }).waitFor({ timeout: 120_000 });
    await transcript
      .getByRole('button', { name: /read_file/ })
      .last()
      .click();
    await transcript.getByRole('heading', { name: 'Arguments' }).waitFor();
    expect(await page.evaluate('window.rows_.overlaps')).toEqual([]);
    expect(await page.evaluate('window.rows_.heights.size')).toBeGreaterThan(3);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
