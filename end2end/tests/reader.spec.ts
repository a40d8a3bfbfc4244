// What everybody may read: last year's result, from the home page down to the figures.

import type { Page } from '@playwright/test';
import { CYCLE } from './booth';
import { expect, test } from './demo';

const LAST_YEAR = '/aulnerive/2025';
const RESULTS = `${LAST_YEAR}/results`;

test('from the home page to last year’s results', async ({ page }) => {
  const main = page.getByRole('main');
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Vingt euros de la ville, à vous de les répartir.');
  await main.getByRole('link', { name: 'Aulnerive', exact: true }).click();
  await expect(page).toHaveURL('/aulnerive');
  await main.getByRole('link', { name: 'Budget participatif 2025' }).click();
  await expect(page).toHaveURL(LAST_YEAR);
  await expect(page.getByText('Cycle d’essai :')).toBeVisible();
  await main.getByRole('link', { name: 'Repeindre et éclairer le kiosque à musique' }).click();
  await expect(page).toHaveURL(new RegExp(`${LAST_YEAR}/projects/kiosque-a-musique\\?order=\\d{4}$`));
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('Repeindre et éclairer le kiosque à musique');
  await expect(main.getByRole('table', { name: 'Ce que l’argent paie' })).toContainText('Total7 600,00 €');
  await page.getByRole('navigation', { name: 'Fil d’Ariane' }).getByRole('link', { name: 'Budget participatif 2025' }).click();
  await main.getByRole('link', { name: 'Voir les résultats' }).click();
  await expect(page).toHaveURL(RESULTS);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Résultats');
});

test('the answer comes first, and every figure says of how many', async ({ page }) => {
  await page.goto(RESULTS);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - heading "Résultats" [level=1]
    - paragraph:
      - strong: /^\\d+ projets sur 16 sont financés, dont \\d+ en partie,$/
      - text: /^avec [\\d\\s,]+\\s€, par 3\\s000 personnes\\.$/
    - paragraph:
      - text: Publié le vendredi 20 juin 2025, version 1.
      - link "Citer ces chiffres"
      - link "Recompter soi-même"
    - term: Participation
    - definition: 40,4 %
    - definition: 3 000 sur 7 418 inscrits
    - definition
    - term: Donné
    - definition: /^[\\d\\s,]+\\s€$/
    - definition: sur 60 000 € en tout
    - definition
    - term: Attribué aux projets
    - definition: /^[\\d\\s,]+\\s€$/
    - definition: sur 60 000 € en tout
    - definition
    - term: Rendu à la ville
    - definition: /^[\\d\\s,]+\\s€$/
    - definition: sur 60 000 € en tout
    - definition
    - navigation "Sur cette page"
    - heading "Ce que chaque projet reçoit" [level=2]
  `);
});

test('page, table, bars, CSV and JSON say the same', async ({ page }) => {
  await page.goto(RESULTS);
  const json = await (await page.request.get(`${RESULTS}.json`)).json();
  const csv = parseCsv(await (await page.request.get(`${RESULTS}.csv`)).text());
  expect(csv).toEqual(
    json.projects.map((project: Record<string, unknown> & { title: { fr: string } }) => ({
      ...Object.fromEntries(Object.entries(project).map(([name, value]) => [name, String(value)])),
      title: project.title.fr,
      currency: json.currency,
    })),
  );
  const project = (row: Record<string, string>) => ({
    title: row.title, status: STATUS[row.status], supporters: Number(row.supporters), given: Number(row.given_minor),
    asked: Number(row.ceiling_minor), received: Number(row.received_minor),
  });
  const table = await readTable(page);
  expect(table.rows).toEqual(csv.map(project));
  const bars = await readBars(page);
  expect(bars.map(({ share, why, ...figures }) => figures)).toEqual(csv.map(project));
  const most = Math.max(...csv.map((row) => Number(row.ceiling_minor)));
  for (const bar of bars) {
    expect(bar.share.asked, bar.title).toBeCloseTo((bar.asked / most) * 100, 1);
    expect(bar.share.received, bar.title).toBeCloseTo((bar.received / most) * 100, 1);
    // Whoever receives something or nothing is told why.
    expect(bar.why, bar.title).toHaveLength(1);
    expect(bar.why[0], bar.title).toMatch(WHY[bar.status]);
  }

  const sum = (name: 'given' | 'asked' | 'received') => table.rows.reduce((sum, row) => sum + row[name], 0);
  expect(table.total).toEqual({ given: sum('given'), asked: sum('asked'), received: sum('received') });
  const { purse_minor, given_minor, funded_minor, returned_minor, voted, eligible } = json;
  expect({ given_minor, funded_minor }).toEqual({ given_minor: sum('given'), funded_minor: sum('received') });
  expect(funded_minor + returned_minor).toBe(purse_minor);
  expect({ voted, eligible, purse_minor }).toEqual({ voted: 3000, eligible: 7418, purse_minor: 3000 * 2000 });
  const figures = (await page.locator('dl .figures__value').allInnerTexts()).slice(1).map(minor);
  expect(figures).toEqual([given_minor, funded_minor, returned_minor]);
  const funded = table.rows.filter((row) => row.received > 0).length;
  await expect(page.getByText(`${funded} projets sur 16 sont financés`)).toBeVisible();
});

test('the way of the money is a picture of its own width, on a phone too', async ({ page }) => {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(RESULTS);
    const picture = page.getByRole('img', { name: 'Le chemin de l’argent' });
    await expect(picture).toHaveAccessibleDescription(/^60\s000\s€ étaient à répartir, .* retournent à la ville\.$/);
    const box = (await picture.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    await page.getByText('Tour par tour, en tableau').first().click();
    await expect(page.getByRole('table', { name: 'Tour par tour, en tableau' }).getByRole('row')).not.toHaveCount(0);
  }
});

test('a figure is cited by an address that keeps version and language', async ({ page }) => {
  await page.goto(RESULTS);
  await page.getByRole('link', { name: 'Citer ces chiffres' }).click();
  await expect(page).toHaveURL(`${RESULTS}/v1#cite`);
  const cited = /https?:\S+$/.exec(await page.getByRole('blockquote').innerText())![0];
  const address = new URL(cited);
  expect(address.pathname + address.search).toBe(`${RESULTS}/v1?lang=fr`);
  await page.goto(`${RESULTS}/v1?lang=ar`);
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.goto(`${RESULTS}/v1`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
});

test('the figures can be taken home', async ({ page }) => {
  await page.goto(RESULTS);
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'results.csv' }).click();
  expect((await downloading).suggestedFilename()).toBe('aulnerive-2025-results.csv');
});

test('the language changes and the page stays', async ({ page }) => {
  const project = `${CYCLE}/projects/outiltheque-gare`;
  const language = page.getByRole('form', { name: /Langue|Language/ });
  await page.goto(project);
  await language.getByRole('button', { name: 'English' }).click();
  await expect(page).toHaveURL(project);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A tool library in the old goods shed');
  await expect(page.getByRole('main')).toContainText('€5,400.00');
  await page.goto(RESULTS);
  await expect(page.getByText('of €60,000').first()).toBeVisible();
  await language.getByRole('button', { name: 'Français' }).click();
  await expect(page).toHaveURL(RESULTS);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
});

test('a project is found by a word, without accents, and the way back leads to the list', async ({ page }) => {
  await page.goto(`${CYCLE}?order=4821`);
  await page.getByRole('searchbox', { name: 'Chercher un projet' }).fill('VELO');
  await page.getByRole('button', { name: 'Chercher' }).click();
  await expect(page).toHaveURL(/\?q=VELO&.*order=4821#projects$/);
  const found = page.locator('.cards > li');
  await expect(page.getByText(/^\d projets? sur 24\./)).toBeVisible();
  await found.getByRole('link', { name: 'Une borne de gonflage et de réglage à la gare' }).click();
  await page.getByRole('link', { name: 'Revenir à la liste' }).click();
  await expect(page).toHaveURL(/\?q=VELO&order=4821#project-station-gonflage-velos$/);
  await page.getByText('Filtrer et trier').click();
  await page.getByLabel('Financement').selectOption('Tous les mois');
  await page.getByRole('button', { name: 'Appliquer' }).click();
  await expect(found).toHaveCount(0);
  await expect(page.getByText('Essayez un mot plus court')).toBeVisible();
  await page.getByRole('link', { name: 'Tout effacer' }).click();
  await expect(found).toHaveCount(24);
});

test('one number gives everybody one order, another gives another', async ({ page, someoneElse }) => {
  const order = (page: Page) => page.locator('.card h3').allInnerTexts();
  await page.goto(CYCLE);
  const said = await page.locator('.browse__order').innerText();
  expect(said).toMatch(/^Ordre tiré au sort, n°\s\d{4}\./);
  const other = await someoneElse();
  await other.goto(`${CYCLE}?order=${/\d{4}/.exec(said)![0]}`);
  expect(await order(other)).toEqual(await order(page));
  await other.getByRole('link', { name: 'Tirer un autre ordre' }).click();
  expect(await order(other)).not.toEqual(await order(page));
  expect((await order(other)).sort()).toEqual((await order(page)).sort());
});

test('the map has the numbers of its list and leads to the projects', async ({ page }) => {
  await page.goto(`${CYCLE}/map?order=4821`);
  const map = page.getByRole('group', { name: 'Carte : Aulnerive' });
  const titles = await page.locator('.map-list a').allInnerTexts();
  expect(titles).toHaveLength(24);
  await expect(map.getByRole('link')).toHaveCount(24);
  await map.getByRole('link', { name: `7. ${titles[6]}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(titles[6]);
});

test('updates are told with their corrections, and can be subscribed to', async ({ page }) => {
  const project = `${LAST_YEAR}/projects/defibrillateur-breuil`;
  await page.goto(project);
  const updates = page.locator('.timeline > li');
  await expect(updates).toHaveCount(2);
  await expect(updates.first()).toContainText('lundi 24 novembre 2025');
  await expect(updates.first()).toContainText('Corrigé le mercredi 26 novembre 2025.');
  await updates.first().getByText('Ce qui était écrit avant').click();
  await expect(updates.first().getByText('Cinquante-huit personnes formées')).toBeVisible();
  const feed = await page.locator('link[rel=alternate][type="application/atom+xml"]').getAttribute('href');
  const answer = await page.request.get(feed!);
  expect(answer.headers()['content-type']).toBe('application/atom+xml; charset=utf-8');
  expect(await answer.text()).toContain('Cinquante-six personnes formées');
});

test('while a cycle is open there is turnout and no result', async ({ page }) => {
  await page.goto(CYCLE);
  await expect(page.getByRole('main')).toContainText(/1\s\d{3} sur 7\s\d{3} inscrits/);
  await expect(page.getByRole('link', { name: 'Voir les résultats' })).toHaveCount(0);
  for (const file of ['results.csv', 'results.json']) {
    expect((await page.request.get(`${CYCLE}/${file}`)).status(), file).toBe(404);
  }
  expect((await page.goto(`${CYCLE}/results`))?.status()).toBe(404);
  await expect(page).toHaveTitle(/^Erreur\s: Rien à cette adresse/);
  await expect(page.getByRole('main')).toContainText('les résultats, par exemple, n’ont d’adresse qu’une fois publiés');
  await page.getByRole('link', { name: 'Aller à l’accueil' }).click();
  await expect(page).toHaveURL('/');
});

/** Telephone, mail, the two authorities to whom people may complain, the licence of the data, a town's own documents. */
const ELSEWHERE = /^(mailto:|tel:|https:\/\/aulnerive\.example\/.*|https:\/\/www\.etalab\.gouv\.fr\/licence-ouverte-open-licence\/|https:\/\/www\.cnil\.fr\/fr\/plaintes|https:\/\/formulaire\.defenseurdesdroits\.fr\/)$/;

test('every link leads somewhere, and no page to read has a script', async ({ page, demo }) => {
  const seen = new Set<string>();
  const waiting = ['/'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await page.request.get(path);
    // The ballot is the citizen's alone, and says so.
    const wanted = path.endsWith('/ballot') ? 401 : 200;
    expect(answer.status(), path).toBe(wanted);
    if (!answer.headers()['content-type'].startsWith('text/html')) continue;
    // A block of data is no script.
    const html = (await answer.text()).replaceAll(/<script type="application\/ld\+json">.*?<\/script>/gs, '');
    // What recounts in the browser is a script, and the only one.
    if (!path.endsWith('/verify')) expect(html, path).not.toMatch(/<script|\.wasm|modulepreload|\son\w+=/);
    for (const [, link] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const url: URL = new URL(link.replaceAll('&amp;', '&'), `${demo.url}${path}`);
      // Where charts are told of means nothing without its question.
      const asked = url.pathname === '/oembed' ? url.pathname + url.search : url.pathname;
      if (url.origin === demo.url) waiting.push(asked);
      else expect(url.protocol === 'https:' ? link : url.protocol, link).toMatch(ELSEWHERE);
      if (url.hash && url.pathname === path) expect(html, link).toContain(`id="${url.hash.slice(1)}"`);
    }
  }
  expect([...seen].filter((path) => path.includes('/projects/')).length).toBeGreaterThanOrEqual(40);
});

test('a result on paper takes few sheets, and words the room that sums do not need', async ({ page }) => {
  await page.goto(RESULTS);
  const sheets = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)!;
  expect(sheets.length).toBeLessThanOrEqual(8);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 690, height: 1000 });
  const row = page.locator('.rounds tbody tr').first();
  const wide = async (at: number) => (await row.locator('> *').nth(at).boundingBox())!.width;
  expect(await wide(2)).toBeGreaterThan(3 * (await wide(4)));
  await page.emulateMedia({ media: null });
});

test('a chart is as high as its frame, and scrolls under its foot where it is narrow', async ({ page, demo }) => {
  const told = await (await fetch(`${demo.url}/oembed?url=${encodeURIComponent(`${demo.url}${RESULTS}/v1`)}`)).json();
  await page.setViewportSize({ width: told.width, height: told.height });
  await page.goto(`/embed${RESULTS}/v1?lang=fr`);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(told.height);
  await page.setViewportSize({ width: 320, height: 500 });
  await expect(page.getByRole('link', { name: 'Ouvrir sur Écot' })).toBeInViewport();
  await expect(page.getByText(/^Version 1, publiée le /)).toHaveAttribute('href', /\/results\/v1$/);
});

test('the pages to read, in a browser', async ({ page }) => {
  // What is asserted here is what the watch over every page asserts.
  const project = `${CYCLE}/projects/outiltheque-gare`;
  for (const path of ['/', '/aulnerive', CYCLE, project, LAST_YEAR, RESULTS, '/enter', '/office/enter']) {
    await page.goto(path);
    await expect(page.locator('script:not([type="application/ld+json"])')).toHaveCount(0);
    for (const picture of await page.getByRole('main').locator('img').all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect(picture, path).toHaveJSProperty('complete', true);
    }
  }
});

const STATUS: Record<string, string> = {
  funded: 'Financé', partial: 'Financé en partie', dropped: 'Écarté', not_funded: 'Pas financé',
};

/** What last year's rule, the most supported first, says of each. */
const WHY: Record<string, RegExp> = {
  'Financé': /^Son soutien, [\d\s,]+€, (dont [\d\s,]+€ venus de projets qui ne pouvaient pas s’en servir, )?paie son coût entier de [\d\s,]+€\.$/,
  'Financé en partie': /^Son soutien, [\d\s,]+€, (dont [\d\s,]+€ venus de projets qui ne pouvaient pas s’en servir, )?lui permet de démarrer sans atteindre son coût entier de [\d\s,]+€\. Il aurait fallu [\d\s,]+€ de plus pour le payer en entier\.$/,
  'Écarté': / il a été écarté\./,
};

type Figures = { title: string; status: string; supporters: number; given: number; asked: number; received: number };

async function readTable(page: Page) {
  await page.getByText('Les mêmes chiffres en tableau').first().click();
  const table = page.getByRole('table', { name: 'Les mêmes chiffres en tableau' });
  const rows: Figures[] = [];
  for (const row of await table.locator('tbody tr').all()) {
    const [title, status, supporters, given, asked, received] = await row.locator('th, td').allInnerTexts();
    rows.push({
      title, status: status.trim(), supporters: digits(supporters), given: minor(given), asked: minor(asked),
      received: minor(received),
    });
  }
  const [given, asked, received] = await table.locator('tfoot .num').allInnerTexts();
  return { rows, total: { given: minor(given), asked: minor(asked), received: minor(received) } };
}

async function readBars(page: Page) {
  const bars: (Figures & { share: { asked: number; received: number }; why: string[] })[] = [];
  for (const bar of await page.locator('ol.bars > li').all()) {
    const note = await bar.locator('.bars__note > span:not(.badge)').innerText();
    const [, supporters, given, asked] = /^(.+) personnes?, (.+) ; (.+) demandés$/.exec(note.replace(/\s/g, ' ')) ?? [];
    const width = async (of: string) => Number(await bar.locator(`rect.bar__${of}`).getAttribute('width'));
    const received = minor(await bar.locator('strong').innerText());
    bars.push({
      title: await bar.getByRole('link').innerText(),
      status: (await bar.locator('.badge').innerText()).trim(),
      supporters: digits(supporters), given: minor(given), asked: minor(asked), received,
      why: await bar.locator('.bars__why').allInnerTexts(),
      share: { asked: await width('asked'), received: received > 0 ? await width('received') : 0 },
    });
  }
  return bars;
}

/** An amount as the page writes it, with or without its cents, in cents. */
function minor(text: string): number {
  const [, units, cents] = /^([\d\s]+)(?:,(\d\d))?\s€$/.exec(text) ?? [];
  expect(units, text).toBeDefined();
  return digits(units) * 100 + digits(cents ?? '0');
}

function digits(text: string): number {
  return Number(text.replace(/\D/g, ''));
}

/** A table of RFC 4180, as a record a row. */
function parseCsv(text: string): Record<string, string>[] {
  const rows = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)].reduce<string[][]>(
    (rows, [, quoted, plain, end]) => {
      rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain);
      if (end !== ',') rows.push([]);
      return rows;
    },
    [[]],
  );
  const [names, ...values] = rows.slice(0, -1);
  return values.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place]])));
}

test('the page to verify says how else to count, and that its own count needs a script', async ({ page, javaScriptEnabled }) => {
  await page.goto(`/aulnerive/2025/verify`);
  await expect(page.getByText(/^ecot verify http.*\/aulnerive\/2025\/results\/v1\/bundle\.zip/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'bundle.zip', exact: true })).toBeVisible();
  if (!javaScriptEnabled) {
    await expect(page.getByText('Le recompte dans la page demande JavaScript.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Recompter maintenant' })).toBeHidden();
  }
});
