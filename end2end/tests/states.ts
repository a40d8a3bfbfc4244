// Every page in every state that is looked at, and the way to each.
//
// The steps name fields by id and submit by Enter, because they are the same in every language.

import type { Page } from '@playwright/test';
import { pack } from './archive';
import { BALLOT, CYCLE } from './booth';
import { type Demo, expect } from './demo';
import { makeAccount } from './mailbox';
import type { Office, Phase } from './office';

type Stage = { page: Page; demo: Demo; office: Office };
type State = (stage: Stage) => Promise<unknown>;

/** Two projects of this year's cycle. */
const [ONE, OTHER] = ['amount.bancs-quai-tanneurs', 'amount.horloge-de-la-gare'];

const at = (path: string): State => ({ page }) => page.goto(path);

export const STATES: Record<string, State> = {
  'home': at('/'),
  'town': at('/aulnerive'),
  'cycle, open': at(CYCLE),
  'cycle, nothing found': at(`${CYCLE}?q=zzz&district=la-gare`),
  'map': at(`${CYCLE}/map`),
  'cycle, published': at('/aulnerive/2025'),
  'project, open': at(`${CYCLE}/projects/outiltheque-gare`),
  'project, published': at('/aulnerive/2025/projects/kiosque-a-musique'),
  'project, with updates': at('/aulnerive/2025/projects/defibrillateur-breuil?order=4821'),
  'results': at('/aulnerive/2025/results'),
  'project, with its money': at('/aulnerive/2025/projects/vergers-des-ecoles'),
  'method': at('/method'),
  'verify': at('/aulnerive/2025/verify'),
  'verify, matched': async ({ page }) => {
    await page.goto('/aulnerive/2025/verify');
    await page.locator('#recount button').click();
    await expect(page.locator('.alert--success')).toBeVisible();
  },
  'verify, another archive': async ({ page }) => {
    await page.goto('/aulnerive/2025/verify');
    const files = new Map<string, Buffer>();
    const get = async (path: string) => {
      const answer = await page.request.get(`/aulnerive/2025/results/v1/${path}`);
      files.set(path, await answer.body());
    };
    await get('datapackage.json');
    const list = JSON.parse(files.get('datapackage.json')!.toString());
    for (const { path } of list.resources) await get(path);
    files.set('datapackage.json', Buffer.from(JSON.stringify(list)));
    await page.locator('#verify-file').setInputFiles({ name: 'other.zip', mimeType: 'application/zip', buffer: pack(files) });
    await expect(page.locator('.alert--warning')).toBeVisible();
  },
  'verify, refused': async ({ page }) => {
    await page.goto('/aulnerive/2025/verify');
    const buffer = Buffer.from('hello');
    await page.locator('#verify-file').setInputFiles({ name: 'bundle.zip', mimeType: 'application/zip', buffer });
    await expect(page.locator('.alert--danger')).toBeVisible();
  },
  'results, unfolded': async ({ page }) => {
    await page.goto('/aulnerive/2025/results');
    for (const details of await page.locator('main details').all()) await details.locator('> summary').click();
  },
  'results, a version': at('/aulnerive/2025/results/v1'),
  'results compared': at('/compare'),
  'not found': at(`${CYCLE}/results`),
  'enter': at('/enter'),
  'enter, wrong code': async ({ page }) => {
    await page.goto('/enter');
    await submit(page, 'code', '7K3M');
  },
  'which vote to ask about': async ({ page, office }) => {
    await office.cycle('open');
    await page.goto('/claim');
    await expect(page).toHaveURL('/claim');
  },
  'claim': at(`${CYCLE}/claim`),
  'claim, errors': async ({ page }) => {
    await page.goto(`${CYCLE}/claim`);
    await page.locator('main form button').click();
    await expect(page.getByRole('alert')).toBeVisible();
  },
  'claim, sent': async ({ page, office }) => page.goto(await office.claim({ public: CYCLE })),
  'claim, answered': async ({ page, office }) => {
    const claim = await office.claim({ public: CYCLE });
    await office.grant(claim);
    await page.goto(claim);
  },
  'claim, not taken': at('/aulnerive/2025/claim'),
  'code used': at('/enter/used'),
  'code used, wrong code': async ({ page }) => {
    await page.goto('/enter/used');
    await submit(page, 'code', '7K3M');
  },
  'code used, no': async ({ page, office }) => {
    await page.goto('/enter/used');
    await submit(page, 'code', await office.freshCode());
    await expect(page.getByRole('alert')).toHaveCount(0);
  },
  'code used, yes': async (stage) => {
    const code = await stage.office.freshCode();
    await receipt(stage, code);
    await stage.page.goto('/enter/used');
    await submit(stage.page, 'code', code);
    await expect(stage.page.locator('main section')).toBeVisible();
  },
  'status, open': at(`${CYCLE}/status`),
  'status, published': at('/aulnerive/2025/status'),
  'my euros': at('/euros'),
  'my euros, wrong receipt': async ({ page }) => {
    await page.goto('/euros');
    await fill(page, 'receipts', 'laudry/2026 7K3M');
    await page.locator('main form button').first().click();
    await expect(page.getByRole('alert')).toBeVisible();
  },
  'privacy': at('/privacy'),
  'privacy, of a town': at('/privacy/aulnerive'),
  'legal notice': at('/legal'),
  'legal notice, of a town': at('/legal/aulnerive'),
  'accessibility': at('/accessibility'),
  'API': at('/api'),
  // It reads no cookie, so its address names the language.
  'chart for other sites': async ({ page }) => {
    const cookies = await page.context().cookies();
    const language = cookies.find(({ name }) => name === 'language')?.value ?? 'fr';
    await page.goto(`/embed/aulnerive/2025?lang=${language}`);
  },
  'chart that stays at a version': async ({ page }) => {
    const cookies = await page.context().cookies();
    const language = cookies.find(({ name }) => name === 'language')?.value ?? 'fr';
    await page.goto(`/embed/aulnerive/2025/results/v1?lang=${language}`);
  },
  'open data': at('/data'),
  'accessibility, of a town': at('/accessibility/aulnerive'),
  'ballot without a code': at(BALLOT),
  'ballot, visit over': async (stage) => {
    await ballot(stage);
    await stage.page.context().clearCookies({ name: 'citizen' });
    await submit(stage.page, ONE, '7');
    await expect(stage.page.locator('input[name=ballot]')).toHaveCount(1);
  },
  'check, another tab was first': async (stage) => {
    const { page } = stage;
    await check(stage);
    const other = await page.context().newPage();
    await other.goto(BALLOT);
    await awake(other);
    await submit(other, OTHER, '3');
    await other.locator('button[name=confirm]').click();
    await other.close();
    await page.locator('button[name=confirm]').click();
    await expect(page.locator('main .alert')).toBeVisible();
  },
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
  'ballot, back from checking': async (stage) => {
    await check(stage);
    await stage.page.goto(BALLOT);
    await awake(stage.page);
  },
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
  'account, deleted': at('/account/deleted'),
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
  'before opening': desk(({ desk }) => `${desk}/open`, 'draft'),
  'before closing': desk(({ desk }) => `${desk}/close`, 'open'),
  'before publishing': desk(({ desk }) => `${desk}/publish`, 'counted'),
  'draft, seen before': async (stage) => {
    await desk(({ desk }) => desk.replace('/office', ''), 'draft')(stage);
    await expect(stage.page.locator('.preview-banner')).toBeVisible();
  },
  'corrections': desk(({ desk }) => `${desk}/corrections`, 'published'),
  'corrections, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/corrections`, 'published')(stage);
    await stage.page.locator('#void').fill('deux');
    await stage.page.locator('main form button').click();
    await expect(stage.page.locator('.error-summary')).toBeVisible();
  },
  'money, list': desk(({ desk }) => `${desk}/delivery`, 'published'),
  'money, telling': desk(({ desk }) => `${desk}/projects/un-banc/delivery`, 'published'),
  'money, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/projects/un-banc/delivery`, 'published')(stage);
    await stage.page.locator('main form .button').click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'money, told': async (stage) => {
    await desk(({ desk }) => `${desk}/projects/un-banc/delivery`, 'published')(stage);
    await stage.page.locator('main .choice').nth(2).click();
    await stage.page.locator('main form .button').click();
    await expect(stage.page.getByRole('status')).toBeVisible();
  },
  'office claims': async (stage) => {
    const cycle = await claimed(stage);
    await desk(() => `${cycle}/claims`)(stage);
  },
  'office claims, errors': async (stage) => {
    const cycle = await claimed(stage);
    await desk(() => `${cycle}/claims`)(stage);
    await stage.page.locator('main form button').first().click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'office incidents': desk(({ desk }) => `${desk}/incidents`, 'open'),
  'office incidents, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/incidents`, 'open')(stage);
    await stage.page.locator('main form button').click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'office look': desk(() => '/office/aulnerive/look'),
  'office legal notice': desk(() => '/office/legal/aulnerive'),
  'picture': desk(({ desk }) => `${desk}/projects/un-banc/picture`, 'draft'),
  'picture, refused': async (stage) => {
    await desk(({ desk }) => `${desk}/projects/un-banc/picture`, 'draft')(stage);
    const file = { name: 'banc.txt', mimeType: 'text/plain', buffer: Buffer.from('un banc') };
    await stage.page.locator('#file').setInputFiles(file);
    await stage.page.locator('main form button').first().click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
  'updates': desk(({ desk }) => `${desk}/projects/un-banc/updates`, 'draft'),
  'updates, correcting': async (stage) => {
    await desk(({ desk }) => `${desk}/projects/un-banc/updates`, 'draft')(stage);
    const { page } = stage;
    await page.locator('[id="title.fr"]').fill('Le banc est choisi');
    await page.locator('[id="body.fr"]').fill('Il sera en chêne.');
    await page.locator('main form .button').first().click();
    await page.locator('main a[href*="/updates/"]').first().click();
    await expect(page).toHaveURL(/\/updates\/.+/);
  },
  'map of the town': desk(() => '/office/aulnerive/map'),
  'roll': desk(({ desk }) => `${desk}/roll`, 'draft'),
  'roll, errors': async (stage) => {
    await desk(({ desk }) => `${desk}/roll`, 'draft')(stage);
    const file = { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from('reference\nA-1\nA-1\n=1\n') };
    await stage.page.locator('#file').setInputFiles(file);
    await stage.page.locator('main form button').click();
    await expect(stage.page.getByRole('alert')).toBeVisible();
  },
};

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

async function ballot({ page, office }: Stage, code?: string) {
  await page.goto('/enter');
  await submit(page, 'code', code ?? (await office.freshCode()));
  await expect(page).toHaveURL(BALLOT);
  await awake(page);
}

async function check(stage: Stage, code?: string) {
  await ballot(stage, code);
  await fill(stage.page, OTHER, '5');
  await submit(stage.page, ONE, '7');
  await expect(stage.page.locator('button[name=confirm]')).toBeVisible();
}

async function receipt(stage: Stage, code?: string) {
  await check(stage, code);
  await stage.page.locator('button[name=confirm]').click();
  await expect(stage.page).toHaveURL(`${CYCLE}/mine`);
}

/** The office's address of an open cycle in which somebody lost their letter. */
async function claimed({ office }: Stage): Promise<string> {
  const cycle = await office.cycle('open');
  await office.claim(cycle);
  return cycle.desk;
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
