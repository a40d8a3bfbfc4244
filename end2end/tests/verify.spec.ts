// Counting a published result again in the page: it matches, an altered archive does not, and nothing is sent anywhere.

import type { Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { pack } from './archive';
import { type Demo, expect, test } from './demo';

const RESULT = '/aulnerive/2025';
const VERSION = `${RESULT}/results/v1`;

/** Everything that is published of last year's result. */
async function published({ url }: Demo): Promise<Map<string, Buffer>> {
  const get = async (path: string) => Buffer.from(await (await fetch(`${url}${VERSION}/${path}`)).arrayBuffer());
  const files = new Map([['datapackage.json', await get('datapackage.json')]]);
  const { resources } = JSON.parse(files.get('datapackage.json')!.toString());
  for (const { path } of resources) files.set(path, await get(path));
  return files;
}

/** Writes sizes and hashes anew, as somebody would who alters a file. */
function rehash(files: Map<string, Buffer>) {
  const list = JSON.parse(files.get('datapackage.json')!.toString());
  for (const resource of list.resources) {
    const body = files.get(resource.path)!;
    resource.bytes = body.length;
    resource.hash = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  }
  files.set('datapackage.json', Buffer.from(JSON.stringify(list)));
}

async function choose(page: Page, name: string, buffer: Buffer) {
  await page.locator('#verify-file').setInputFiles({ name, mimeType: 'application/zip', buffer });
}

const answer = (page: Page) => page.locator('#recount .alert[class*="alert--"]');

test('the result matches, by the keyboard', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${RESULT}/verify`);
  const button = page.getByRole('button', { name: 'Recompter maintenant' });
  await expect(button).toBeVisible();
  expect(asked.filter((path) => path.endsWith('.wasm') || path.endsWith('.zip'))).toEqual([]);
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('Tout concorde');
  await expect(page.getByRole('status')).toContainText('3\u202f000 bulletins publiés');
  await expect(page.getByRole('listitem').filter({ hasText: 'ballots.csv' }).first()).toContainText('Concorde');
  await expect(button).toBeFocused();
  await expect(page.getByRole('status')).toContainText('octet pour octet, le bundle.zip publié comme version 1');
  expect(asked).toContain(`${VERSION}/bundle.zip`);
});

test('what is going on is told from the first moment', async ({ page }) => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  await page.route('**/bundle.zip', async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${RESULT}/verify`);
  await page.getByRole('button', { name: 'Recompter maintenant' }).click();
  await expect(page.getByRole('status')).toHaveText(/^Téléchargement\u00a0: 0 sur \d+\u00a0ko$/);
  go();
  await expect(page.getByRole('status')).toContainText('Tout concorde');
  // What nothing here tells of is not said to agree.
  const told = page.locator('.verify__told').filter({ hasText: 'README.md' });
  await expect(told).toContainText('Conforme à la liste');
  await expect(told).toContainText('taille et empreinte seulement');
});

test('what comes from the disk is told from what is published here', async ({ page, demo }) => {
  const files = await published(demo);
  await page.goto(`${RESULT}/verify`);
  await choose(page, 'bundle.zip', Buffer.from(await (await fetch(`${demo.url}${VERSION}/bundle.zip`)).arrayBuffer()));
  await expect(answer(page)).toContainText('octet pour octet, le bundle.zip publié comme version 1');
  await choose(page, 'packed.zip', pack(files));
  await expect(answer(page)).toContainText('Ses fichiers sont, octet pour octet, ceux publiés comme version 1');
  // Another README, listed as it is: it agrees with itself, and is not what the town published.
  files.set('README.md', Buffer.from('Hello'));
  rehash(files);
  await choose(page, 'other.zip', pack(files));
  await expect(answer(page)).toContainText('Ce n’est pas ce qui est publié ici');
  await expect(answer(page)).toContainText('Tout concorde');
  await expect(answer(page)).toHaveClass(/alert--warning/);
});

test('an altered ballot is named, though the hashes were written anew', async ({ page, demo }) => {
  const files = await published(demo);
  const ballots = files.get('ballots.csv')!.toString().split('\r\n');
  const at = ballots.findIndex((row) => /,500,EUR$/.test(row));
  const [ballot] = ballots[at].split(',');
  ballots[at] = ballots[at].replace(',500,', ',300,');
  files.set('ballots.csv', Buffer.from(ballots.join('\r\n')));
  rehash(files);
  const before: string[] = [];
  await page.goto(`${RESULT}/verify`);
  page.on('request', (request) => before.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await choose(page, 'altered.zip', pack(files));
  await expect(answer(page)).toContainText('Cela ne concorde pas');
  const wrong = page.locator('.verify__wrong').filter({ hasText: 'ballots.csv' }).first();
  const number = Number(ballot).toLocaleString('fr');
  await expect(wrong).toContainText(`Bulletin ${number}\u00a0: ballots.csv dit`);
  await expect(wrong).toContainText('3,00\u00a0€');
  expect(before.filter((request) => !/^GET \/pkg\//.test(request)), 'nothing is sent').toEqual([]);
});

test('what is no archive is refused, and another can be chosen', async ({ page, demo }) => {
  await page.goto(`${RESULT}/verify`);
  await choose(page, 'letter.zip', Buffer.from('hello'));
  await expect(answer(page)).toContainText('Ce n’est pas une archive ZIP');
  await choose(page, 'bundle.zip', pack(await published(demo)));
  await expect(answer(page)).toContainText('Tout concorde');
});
