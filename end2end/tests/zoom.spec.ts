// At 400 % zoom (a window of 1280 × 1024 is then 320 × 256), and by keyboard: nothing to scroll sideways, and nothing
// that has the focus lies under what sticks (WCAG 2.2: 1.4.10, 2.4.11).

import type { Page } from '@playwright/test';
import { BENCHES, CYCLE } from './booth';
import { expect, test } from './demo';

test.use({ viewport: { width: 320, height: 256 } });

test('the whole vote at 400 % zoom', async ({ page, booth, office }) => {
  await page.goto('/');
  await expectNothingHidden(page);
  await page.goto('/enter');
  await expectNothingHidden(page);
  await booth.tryCode(await office.freshCode());
  await booth.give(BENCHES, 5);
  await expectNothingHidden(page, 40);
  await booth.check();
  await expect(page.getByRole('button', { name: 'Confirmer et voter' })).toBeVisible();
  await expectNothingHidden(page);
  await booth.confirm();
  await booth.assertReceipt(1);
  await expectNothingHidden(page);
});

for (const path of [CYCLE, '/aulnerive/2025/results', '/aulnerive/2025/results/v1', '/compare', `${CYCLE}/status`, `${CYCLE}/claim`, '/privacy/aulnerive', '/accessibility/aulnerive']) {
  test(`nothing is hidden at 400 % zoom: ${path}`, async ({ page }) => {
    await page.goto(path);
    await expectNothingHidden(page, 40);
  });
}

/** Tabs through the page, or its first so many stops. */
async function expectNothingHidden(page: Page, most = 100) {
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(sideways, `pixels to scroll sideways on ${page.url()}`).toBe(0);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  for (let stop = 0; stop < most; stop += 1) {
    await page.keyboard.press('Tab');
    const seen = await focusSeen(page);
    if (seen === 'the end') break;
    expect.soft(seen, `what has the focus on ${page.url()}`).toBe('in sight');
  }
}

/** Whether some of what has the focus can be seen: at the middle or a corner of the part that is in the window. */
function focusSeen(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return 'the end';
    const { left, right, top, bottom } = focused.getBoundingClientRect();
    const [start, end] = [Math.max(left, 0) + 2, Math.min(right, innerWidth) - 2];
    const [above, below] = [Math.max(top, 0) + 2, Math.min(bottom, innerHeight) - 2];
    const points = [[(start + end) / 2, (above + below) / 2], [start, above], [end, above], [start, below], [end, below]];
    // A label may lie over its box.
    const own = (at: Element | null) => at && (focused.contains(at) || at.contains(focused) || at.closest('label'));
    const seen = above <= below && points.some(([x, y]) => own(document.elementFromPoint(x, y)));
    return seen ? 'in sight' : `hidden: ${focused.outerHTML.slice(0, 160)}`;
  });
}
