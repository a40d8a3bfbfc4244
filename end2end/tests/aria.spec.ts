// The tree that a screen reader is given, of the main pages, in each language. After a change that is meant:
//   npx playwright test aria --project script --update-snapshots

import type { Page } from '@playwright/test';
import { expect, test } from './demo';
import type { MadeCycle } from './office';

type Step = (page: Page, cycle: MadeCycle) => Promise<unknown>;

/** A vote as far as its confirmation, then what everybody reads; nothing that tells today's date. */
const PAGES: Record<string, Step> = {
  // By title: the order drawn by lot is another one for each visitor.
  'cycle': (page, cycle) => page.goto(`${cycle.public}?sort=title&order=4821`),
  'enter': (page) => page.goto('/enter'),
  'ballot': async (page, cycle) => {
    await page.locator('#code').fill(cycle.codes[0]);
    await page.locator('#code').press('Enter');
    await expect(page.locator('.stepper__button').last()).toBeVisible();
    await page.locator('.allocator').evaluate((list) => {
      list.append(...[...list.children].sort((one, other) => (one.id < other.id ? -1 : 1)));
    });
  },
  'check': async (page) => {
    await page.locator('[id="amount.un-banc"]').fill('12');
    await page.locator('[id="amount.un-banc"]').press('Enter');
    await expect(page.locator('button[name=confirm]')).toBeVisible();
  },
  'claim': (page, cycle) => page.goto(`${cycle.public}/claim`),
  'used': (page) => page.goto('/enter/used'),
  'legal': (page) => page.goto('/legal/aulnerive'),
};

for (const language of ['fr', 'en', 'ar']) {
  test(`what a screen reader is given, in ${language}`, async ({ page, demo, office }) => {
    await page.context().addCookies([{ name: 'language', value: language, url: demo.url }]);
    const cycle = await office.cycle('open', `aria-${language}`);
    for (const [name, step] of Object.entries(PAGES)) {
      await step(page, cycle);
      await expect.soft(page.locator('body')).toMatchAriaSnapshot({ name: `${name}-${language}.aria.yml` });
    }
  });
}
