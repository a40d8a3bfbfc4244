// axe on every page and in every state: in French and light each time, the rest sampled, everything with ECOT_ALL=1.
//
// The steps here name fields by id and submit by Enter, because they are the same in every language.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { BALLOT, CYCLE } from './booth';
import { type Demo, expect, test } from './demo';
import type { Office, Phase } from './office';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Stage = { page: Page; demo: Demo; office: Office };
type State = (stage: Stage) => Promise<unknown>;
type Look = { language: 'fr' | 'en'; colorScheme: 'light' | 'dark'; forcedColors?: 'active'; width?: number };

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

const PLAIN_LOOK: Look = { language: 'fr', colorScheme: 'light' };
const SAMPLED: [string, Look, string[]][] = [
  ['dark', { ...PLAIN_LOOK, colorScheme: 'dark' }, [
    'home', 'cycle, open', 'results', 'enter, wrong code', 'ballot, over and refused', 'check', 'office cycle, draft', 'roll, errors',
  ]],
  ['in English', { ...PLAIN_LOOK, language: 'en' }, [
    'home', 'project, open', 'results', 'ballot, wrong amounts', 'receipt', 'new cycle, errors',
  ]],
  ['at 320 pixels', { ...PLAIN_LOOK, width: 320 }, [
    'home', 'cycle, open', 'results', 'ballot, over and refused', 'check', 'office cycle, draft', 'new project, errors',
  ]],
  ['in forced colours', { ...PLAIN_LOOK, forcedColors: 'active' }, ['home', 'results', 'ballot, some given', 'enter, wrong code']],
];

for (const [name, state] of Object.entries(STATES)) {
  test(name, async ({ page, demo, office }) => {
    await inspect({ page, demo, office }, state, PLAIN_LOOK);
  });
}

for (const [how, look, names] of SAMPLED) {
  for (const name of names) {
    test(`${name}, ${how}`, async ({ page, demo, office }) => {
      await inspect({ page, demo, office }, STATES[name], look);
    });
  }
}

if (process.env.ECOT_ALL === '1') {
  for (const [name, state] of Object.entries(STATES)) {
    for (const language of ['fr', 'en'] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        test(`all: ${name}, ${language}, ${colorScheme}`, async ({ page, demo, office }) => {
          await inspect({ page, demo, office }, state, { language, colorScheme });
        });
      }
    }
  }
}

/** Brings the page into its state and look: axe finds nothing, and at 320 pixels nothing has to be scrolled sideways. */
async function inspect(stage: Stage, state: State, { language, colorScheme, forcedColors, width = 1280 }: Look) {
  const { page, demo } = stage;
  await page.context().addCookies([{ name: 'language', value: language, url: demo.url }]);
  await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 720 });
  await state(stage);
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  // Without legacy mode axe opens a page of its own to gather frames, and there are no frames here.
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode().analyze();
  const found = violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`) }));
  expect.soft(found).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  expect.soft(scrollWidth, 'width of the page at 320 pixels').toBeLessThanOrEqual(clientWidth);
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

/** A page of the office, with a cycle of its own in this phase. */
function desk(path: (cycle: { desk: string }) => string, phase?: Phase): State {
  return async ({ page, demo, office }) => {
    await page.context().addCookies([{ name: 'officer', value: office.session, url: demo.url }]);
    await page.goto(path(phase ? await office.cycle(phase) : { desk: '' }));
    await expect(page).not.toHaveURL('/office/enter');
  };
}
