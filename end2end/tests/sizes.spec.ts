// The budgets of EXPERIENCE.md: what crosses the line, gzipped, for each kind of page.

import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { BALLOT, BENCHES, CYCLE } from './booth';
import { expect, test } from './demo';

const PAGE_BYTES = 60_000;
const SIGN_IN_SCRIPT_BYTES = 3_000;
const BALLOT_SCRIPT_BYTES = 120_000;
/** Before anybody presses; the count comes after. */
const VERIFY_SCRIPT_BYTES = 4_000;
const RECOUNT_BYTES = 400_000;

const READING = [
  '/', '/aulnerive', CYCLE, `${CYCLE}/projects/outiltheque-gare`, '/aulnerive/2025', '/aulnerive/2025/results', '/aulnerive/2025/results/v1', '/compare', `${CYCLE}/map`, '/nothing/here',
];

test('pages to read: HTML and CSS, and no script at all', async ({ demo }) => {
  for (const path of READING) {
    const weight = await weigh(demo.url, path);
    expect.soft(weight.page, path).toBeLessThanOrEqual(PAGE_BYTES);
    expect.soft(weight.script, path).toBe(0);
  }
});

test('sign-in', async ({ demo }) => {
  for (const path of ['/enter', '/office/enter', '/account/enter', '/account/link']) {
    const weight = await weigh(demo.url, path);
    expect.soft(weight.page, path).toBeLessThanOrEqual(PAGE_BYTES);
    expect.soft(weight.script, path).toBeLessThanOrEqual(SIGN_IN_SCRIPT_BYTES);
  }
});

test('counting again', async ({ page, demo }) => {
  const weight = await weigh(demo.url, '/aulnerive/2025/verify');
  expect.soft(weight.page, 'verify').toBeLessThanOrEqual(PAGE_BYTES);
  expect.soft(weight.script, 'verify').toBeLessThanOrEqual(VERIFY_SCRIPT_BYTES);
  const scripts = new Set<string>();
  page.on('request', (request) => {
    if (/\.(js|wasm)$/.test(new URL(request.url()).pathname)) scripts.add(request.url());
  });
  await page.goto('/aulnerive/2025/verify');
  await page.locator('#recount button').click();
  await expect(page.locator('.alert--success')).toBeVisible();
  let bytes = 0;
  for (const url of scripts) bytes += (await transfer(url)).bytes;
  expect.soft(bytes, 'with the count').toBeLessThanOrEqual(RECOUNT_BYTES);
});

test('the office', async ({ demo, office }) => {
  const { desk } = await office.cycle('draft');
  const cookie = `officer=${office.session}`;
  for (const path of ['/office', desk, '/office/aulnerive/2026', `${desk}/edit`, `${desk}/roll`, `${desk}/projects/un-banc`]) {
    const weight = await weigh(demo.url, path, cookie);
    expect.soft(weight.page, path).toBeLessThanOrEqual(PAGE_BYTES);
    expect.soft(weight.script, path).toBe(0);
  }
});

test('the ballot and what follows', async ({ page, demo, booth, office }) => {
  // Asked of the browser, which knows what a script loads.
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (/\.(js|wasm)$/.test(new URL(request.url()).pathname)) scripts.push(request.url());
  });
  await booth.enter(await office.freshCode());
  await expect(booth.more(BENCHES)).toBeVisible();
  const loaded = new Set(scripts);
  expect([...loaded].filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
  let script = 0;
  for (const url of loaded) script += (await transfer(url)).bytes;
  expect.soft(script).toBeLessThanOrEqual(BALLOT_SCRIPT_BYTES);

  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  expect.soft((await weigh(demo.url, BALLOT, cookie)).page, BALLOT).toBeLessThanOrEqual(PAGE_BYTES);
  const receipt = await weigh(demo.url, `${CYCLE}/mine`, cookie);
  expect.soft(receipt.page, 'mine').toBeLessThanOrEqual(PAGE_BYTES);
  expect.soft(receipt.script, 'mine').toBe(0);

  scripts.length = 0;
  await booth.give(BENCHES, 1);
  await booth.check();
  await booth.confirm();
  await booth.assertReceipt(1);
  expect(scripts, 'scripts of the check page and the receipt').toEqual([]);
});

/** What a page weighs: itself with its styles, and the scripts that its HTML names. */
async function weigh(url: string, path: string, cookie = '') {
  const page = await transfer(`${url}${path}`, cookie);
  const weight = { page: page.bytes, script: 0 };
  const links = [...page.text.matchAll(/\s(?:href|src)="([^"]+\.(css|js|wasm))"/g)];
  expect(links.filter(([, , kind]) => kind === 'css'), `styles of ${path}`).toHaveLength(1);
  for (const [, link, kind] of links) {
    const { bytes } = await transfer(`${url}${link}`);
    if (kind === 'css') weight.page += bytes;
    else weight.script += bytes;
  }
  // Blocks of data are part of the page.
  const inline = /<script(?! type="application\/ld\+json")[^>]*>(.*?)<\/script>/gs;
  for (const [, code] of page.text.matchAll(inline)) weight.script += code.length;
  return weight;
}

/** The bytes of a body as they are sent to a browser that takes gzip, and its text. */
function transfer(url: string, cookie = ''): Promise<{ bytes: number; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip', 'accept-language': 'fr', cookie } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        const gzipped = answer.headers['content-encoding'] === 'gzip';
        resolve({ bytes: body.length, text: (gzipped ? gunzipSync(body) : body).toString() });
      });
    }).on('error', reject);
  });
}
