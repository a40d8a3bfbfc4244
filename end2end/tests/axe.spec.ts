// axe on every page and in every state: in French and light each time, the rest sampled, everything with ECOT_ALL=1.
//
// The steps here name fields by id and submit by Enter, because they are the same in every language.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { BALLOT, CYCLE } from './booth';
import { type Demo, expect, test } from './demo';
import { makeAccount } from './mailbox';
import type { Office, Phase } from './office';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Stage = { page: Page; demo: Demo; office: Office };
type State = (stage: Stage) => Promise<unknown>;
type Look = { colorScheme?: 'light' | 'dark'; forcedColors?: 'active' | 'none'; width?: number };

/** Two projects of this year's cycle. */
const [ONE, OTHER] = ['amount.bancs-quai-tanneurs', 'amount.horloge-de-la-gare'];

const at = (path: string): State => ({ page }) => page.goto(path);

const STATES: Record<string, State> = {
  'home': at('/'),
  'town': at('/aulnerive'),
  'cycle, open': at(CYCLE),
  'cycle, published': at('/aulnerive/2025'),
  'project, open': at(`${CYCLE}/projects/outiltheque-gare`),
  'project, published': at('/aulnerive/2025/projects/kiosque-a-musique'),
  'results': at('/aulnerive/2025/results'),
  'not found': at(`${CYCLE}/results`),
  'enter': at('/enter'),
  'enter, wrong code': async ({ page }) => {
    await page.goto('/enter');
    await submit(page, 'code', '7K3M');
  },
  'ballot without a code': at(BALLOT),
  'ballot, fresh': ballot,
  'ballot, some given': async (stage) => {
    await ballot(stage);
    await fill(stage.page, ONE, '7');
  },
  'ballot, over': async (stage) => {
    await ballot(stage);
    await fill(stage.page, ONE, '27');
  },
  'ballot, over and refused': async (stage) => {
    await ballot(stage);
    await submit(stage.page, ONE, '27');
    await expect(stage.page.getByRole('alert')).toBeVisible();
    await awake(stage.page);
  },
  'ballot, wrong amounts': async (stage) => {
    await ballot(stage);
    await fill(stage.page, OTHER, '4,50');
    await submit(stage.page, ONE, 'sept');
    await expect(stage.page.getByRole('alert')).toBeVisible();
    await awake(stage.page);
  },
  'check': check,
  'receipt': receipt,
  'ballot, again': async (stage) => {
    await receipt(stage);
    await stage.page.goto(BALLOT);
    await awake(stage.page);
  },
  'not voted yet': async (stage) => {
    await ballot(stage);
    await stage.page.goto(`${CYCLE}/mine`);
  },
  'reminder': async (stage) => {
    await ballot(stage);
    await stage.page.goto(`${CYCLE}/reminder`);
  },
  'reminder, kept': async (stage) => {
    await ballot(stage);
    await stage.page.goto(`${CYCLE}/reminder`);
    await submit(stage.page, 'mail', 'jeanne@exemple.fr');
    await expect(stage.page.locator('button[name=stop]')).toBeVisible();
  },
  'reminder, stopped': at('/stop'),
  'account sign-in': at('/account/enter'),
  'account without a session': at('/account/delete'),
  'link': at('/account/link'),
  'link, no address': async ({ page }) => {
    await page.goto('/account/link');
    await submit(page, 'mail', 'jeanne@exemple');
    await expect(page.getByRole('alert')).toBeVisible();
  },
  'link, sent': at('/account/link/sent'),
  'link, dead': at('/account/password?token=0'),
  'account, empty': account,
  'account, with a vote': async (stage) => {
    await account(stage);
    await submit(stage.page, 'code', await stage.office.freshCode());
    await expect(stage.page.locator('form[action="/account/vote"] button')).toBeVisible();
  },
  'account, deleting': async (stage) => {
    await account(stage);
    await stage.page.goto('/account/delete');
  },
  'account, password': async (stage) => {
    await account(stage);
    await stage.page.goto('/account/password/change');
  },
  'closed': async ({ page, office }) => {
    const { public: cycle } = await office.cycle('closed');
    await page.goto(`${cycle}/ballot`);
  },
  'office sign-in': at('/office/enter'),
  'office sign-in, refused': async ({ page, demo }) => {
    await page.goto('/office/enter');
    await fill(page, 'mail', demo.mail);
    await submit(page, 'password', 'un autre');
    await expect(page.getByRole('alert')).toBeVisible();
  },
  'office without a session': at('/office/aulnerive/2026'),
  'office home': desk(() => '/office'),
  'office cycle, empty': desk(({ desk }) => desk, 'empty'),
  'office cycle, draft': desk(({ desk }) => desk, 'draft'),
  'office cycle, open': desk(({ desk }) => desk, 'open'),
  'office cycle, closed': desk(({ desk }) => desk, 'closed'),
  'office cycle, counted': desk(({ desk }) => desk, 'counted'),
  'office cycle, published': desk(({ desk }) => desk, 'published'),
  'new cycle': desk(() => '/office/aulnerive/new'),
  'new cycle, errors': async (stage) => {
    await desk(() => '/office/aulnerive/new')(stage);
    await fill(stage.page, 'envelope', 'vingt');
    await submit(stage.page, 'slug', 'É');
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'edit cycle': desk(({ desk }) => `${desk}/edit`, 'draft'),
  'new project': desk(({ desk }) => `${desk}/projects/new`, 'empty'),
  'new project, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/projects/new`, 'empty')(stage);
    await fill(stage.page, 'line.0.amount', 'cent');
    await submit(stage.page, 'slug', 'É');
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'edit project': desk(({ desk }) => `${desk}/projects/un-banc`, 'draft'),
  'edit project, frozen': desk(({ desk }) => `${desk}/projects/un-banc`, 'open'),
  'roll': desk(({ desk }) => `${desk}/roll`, 'draft'),
  'roll, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/roll`, 'draft')(stage);
    const file = { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from('reference\nA-1\nA-1\n=1\n') };
    await stage.page.locator('#file').setInputFiles(file);
    await stage.page.locator('main form button').click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
};

/** How else a state is looked at, without being made again; in another language it is. */
const LOOKS: Record<string, Look> = {
  'dark': { colorScheme: 'dark' },
  'in forced colours': { forcedColors: 'active' },
  'at 320 pixels': { width: 320 },
};
const SAMPLED: Record<string, string[]> = {
  'dark': [
    'home', 'cycle, open', 'results', 'enter, wrong code', 'ballot, over and refused', 'check', 'office cycle, draft',
    'roll, errors', 'account, with a vote', 'reminder',
  ],
  'in forced colours': ['home', 'results', 'ballot, some given', 'enter, wrong code'],
  'at 320 pixels': [
    'home', 'cycle, open', 'results', 'ballot, over and refused', 'check', 'office cycle, draft', 'new project, errors',
  ],
  'in English': ['home', 'project, open', 'results', 'ballot, wrong amounts', 'receipt', 'new cycle, errors', 'account, with a vote'],
  'in Arabic': ['home', 'project, open', 'results', 'ballot, over and refused', 'receipt', 'new project, errors', 'account, with a vote', 'reminder'],
};
const LANGUAGES = { 'in English': 'en', 'in Arabic': 'ar' };
const ALL = process.env.ECOT_ALL === '1';

for (const [name, state] of Object.entries(STATES)) {
  test(name, async ({ page, demo, office }) => {
    await state({ page, demo, office });
    await expectNoViolations(page, 'light', {});
    for (const [how, look] of Object.entries(LOOKS)) {
      if (SAMPLED[how].includes(name) || (ALL && how === 'dark')) await expectNoViolations(page, how, look);
    }
    await expectToFit(page);
  });

  for (const [how, language] of Object.entries(LANGUAGES)) {
    if (!ALL && !SAMPLED[how].includes(name)) continue;
    test(`${name}, ${how}`, async ({ page, demo, office }) => {
      await page.context().addCookies([{ name: 'language', value: language, url: demo.url }]);
      await state({ page, demo, office });
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expectNoViolations(page, 'light', {});
      if (ALL) await expectNoViolations(page, 'dark', LOOKS.dark);
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

async function expectNoViolations(page: Page, how: string, { colorScheme = 'light', forcedColors = 'none', width = 1280 }: Look) {
  await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 720 });
  // Without legacy mode axe opens a page of its own to gather frames, and there are no frames here.
  const { passes, violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode().analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
  expect.soft(found, how).toEqual([]);
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

async function fill(page: Page, id: string, value: string) {
  await page.locator(`[id="${id}"]`).fill(value);
}

async function submit(page: Page, id: string, value: string) {
  await fill(page, id, value);
  await page.locator(`[id="${id}"]`).press('Enter');
}

/** The island has woken when the first + can be seen. */
async function awake(page: Page) {
  await expect(page.locator('.stepper__button').last()).toBeVisible();
}

async function ballot({ page, office }: Stage) {
  await page.goto('/enter');
  await submit(page, 'code', await office.freshCode());
  await expect(page).toHaveURL(BALLOT);
  await awake(page);
}

async function check(stage: Stage) {
  await ballot(stage);
  await fill(stage.page, OTHER, '5');
  await submit(stage.page, ONE, '7');
  await expect(stage.page.locator('button[name=confirm]')).toBeVisible();
}

async function receipt(stage: Stage) {
  await check(stage);
  await stage.page.locator('button[name=confirm]').click();
  await expect(stage.page).toHaveURL(`${CYCLE}/mine`);
}

let accounts = 0;

async function account({ page, demo }: Stage) {
  accounts += 1;
  await makeAccount(page, demo, `essai${accounts}@exemple.fr`);
}

/** A page of the office, with a cycle of its own in this phase. */
function desk(path: (cycle: { desk: string }) => string, phase?: Phase): State {
  return async ({ page, demo, office }) => {
    await page.context().addCookies([{ name: 'officer', value: office.session, url: demo.url }]);
    await page.goto(path(phase ? await office.cycle(phase) : { desk: '' }));
    await expect(page).not.toHaveURL('/office/enter');
  };
}
