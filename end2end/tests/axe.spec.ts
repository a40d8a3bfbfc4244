// axe on every page and in every state: in French and light each time, the rest sampled, everything with ECOT_ALL=1.
// ECOT_STATEMENT=../docs/accessibility.json besides writes what the accessibility statement tells: see statement.ts.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './demo';
import { STATES } from './states';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Look = { colorScheme?: 'light' | 'dark'; forcedColors?: 'active' | 'none'; width?: number };

/** How else a state is looked at, without being made again; in another language it is. */
const LOOKS: Record<string, Look> = {
  'dark': { colorScheme: 'dark' },
  'in forced colours': { forcedColors: 'active' },
  'at 320 pixels': { width: 320 },
};
const SAMPLED: Record<string, string[]> = {
  'dark': [
    'home', 'cycle, open', 'map', 'results', 'enter, wrong code', 'ballot, over and refused', 'check', 'office cycle, draft',
    'roll, errors', 'claim, sent', 'accessibility, of a town', 'account, with a vote', 'reminder',
  ],
  'in forced colours': ['home', 'map', 'results', 'ballot, some given', 'enter, wrong code'],
  'at 320 pixels': [
    'home', 'cycle, open', 'map', 'results', 'ballot, over and refused', 'check', 'office cycle, draft', 'new project, errors',
  ],
  'in English': ['home', 'project, open', 'results', 'ballot, wrong amounts', 'receipt', 'new cycle, errors', 'claim', 'account, with a vote'],
  'in Arabic': [
    'home', 'cycle, open', 'map', 'project, open', 'project, with updates', 'results', 'ballot, over and refused', 'receipt',
    'new project, errors', 'accessibility, of a town', 'office claims', 'account, with a vote', 'reminder',
  ],
};
const LANGUAGES = { 'in English': 'en', 'in Arabic': 'ar' };
const ALL = process.env.ECOT_ALL === '1';

for (const [name, state] of Object.entries(STATES)) {
  test(name, async ({ page, demo, office }) => {
    await state({ page, demo, office });
    await expectNoViolations(page, [name, 'fr', 'light'], {});
    for (const [how, look] of Object.entries(LOOKS)) {
      if (SAMPLED[how].includes(name) || (ALL && how === 'dark')) await expectNoViolations(page, [name, 'fr', how], look);
    }
    await expectToFit(page);
  });

  for (const [how, language] of Object.entries(LANGUAGES)) {
    if (!ALL && !SAMPLED[how].includes(name)) continue;
    test(`${name}, ${how}`, async ({ page, demo, office }) => {
      await page.context().addCookies([{ name: 'language', value: language, url: demo.url }]);
      await state({ page, demo, office });
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expectNoViolations(page, [name, language, 'light'], {});
      if (ALL) await expectNoViolations(page, [name, language, 'dark'], LOOKS.dark);
      await expectToFit(page);
    });
  }
}

/** On the smallest phone, with fingers. */
async function expectToFit(page: Page) {
  await page.setViewportSize({ width: 320, height: 640 });
  const hidden = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(hidden, 'pixels to scroll sideways').toBe(0);
  expect.soft(await smallTargets(page), 'targets under 44 pixels').toEqual([]);
}

type Looked = [name: string, language: string, how: string];

async function expectNoViolations(page: Page, [name, language, how]: Looked, { colorScheme = 'light', forcedColors = 'none', width = 1280 }: Look) {
  await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 720 });
  // Without legacy mode axe opens a page of its own to gather frames, and there are no frames here.
  const { passes, violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode().analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
  expect.soft(found, how).toEqual([]);
  const path = new URL(page.url()).pathname;
  const seen = { name, path, look: `${language} ${how}`, faults: found.length };
  test.info().annotations.push({ type: 'looked at', description: JSON.stringify(seen) });
  expect(passes.length, 'rules that had something to look at').toBeGreaterThan(10);
}

/** What is pressed or filled and is smaller than a fingertip; a box counts together with its label. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const least = 44;
    const targets = document.querySelectorAll(
      // A choice is its whole row: the label lies over it.
      'button, .button, input:not([type=hidden], [type=checkbox], [type=radio]), [type=checkbox] + label, .choice, select, textarea, summary',
    );
    return [...targets].flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      // Fractions of a pixel are rounding.
      const isSmall = width > 0 && Math.min(Math.round(width), Math.round(height)) < least;
      return isSmall ? [`${width} × ${height}: ${target.outerHTML.slice(0, 200)}`] : [];
    });
  });
}
