// An officer carries a cycle from nothing to its result, and a reader finds it.

import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { Booth } from './booth';
import { type Demo, expect, test } from './demo';

test('a cycle from nothing to its published result', async ({ page, demo, office, someoneElse, javaScriptEnabled }) => {
  const slug = office.slug();
  const desk = `/office/${demo.town}/${slug}`;
  const cycle = `/${demo.town}/${slug}`;
  const reader = await someoneElse();

  await signIn(page, demo);
  await page.getByRole('link', { name: 'Nouveau cycle' }).click();
  await page.getByLabel('Titre en français').fill('Les rues qui jouent');
  await page.getByLabel('Adresse de la page', { exact: true }).fill(slug);
  await page.getByLabel('Dernier jour du vote').fill('2099-06-14');
  await page.getByLabel('Heure de clôture').fill('18:30');
  await save(page);
  await expect(page).toHaveURL(desk);
  await expect(page.getByRole('heading', { level: 1, name: 'Les rues qui jouent' })).toBeVisible();
  const blocked = page.getByRole('main').getByRole('listitem');
  await expect(blocked.filter({ hasText: 'Il n’y a pas encore de projet.' })).toBeVisible();
  await expect(blocked.filter({ hasText: 'Personne n’est encore sur la liste.' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ouvrir le vote' })).toHaveCount(0);
  expect((await reader.goto(cycle))?.status(), 'a draft is nobody else’s business').toBe(404);

  await addProject(page, { title: 'Un marronnier', floor: '10', ceiling: '15' });
  await addProject(page, { title: 'Une balançoire', floor: '100', ceiling: '120' });
  await page.getByRole('link', { name: 'Une balançoire', exact: true }).click();
  await page.getByLabel('Coût complet').fill('140,50');
  await save(page);
  await expect(page.getByRole('row', { name: /Une balançoire/ })).toContainText('140,50 €');

  const codes = await importRoll(page, ['B-1', 'B-2', 'B-3', 'B-4']);
  expect(codes.map(([reference]) => reference)).toEqual(['B-1', 'B-2', 'B-3', 'B-4']);
  await page.goto(desk);
  await expect(page.getByText('4 personnes inscrites.')).toBeVisible();
  await take(page, 'Ouvrir le vote');
  await expect(page.getByText('Le vote est ouvert jusqu’au dimanche 14 juin 2099, 18:30.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ajouter un projet' })).toHaveCount(0);

  const ballots = [{ 'Un marronnier': 12, 'Une balançoire': 8 }, { 'Un marronnier': 5 }];
  for (const [place, ballot] of ballots.entries()) {
    const booth = new Booth(await someoneElse(), javaScriptEnabled);
    await booth.enter(codes[place][1]);
    await expect(booth.page).toHaveURL(`${cycle}/ballot`);
    for (const [title, coins] of Object.entries(ballot)) await booth.give(title, coins);
    await booth.check();
    await booth.confirm();
    await booth.assertReceipt(1, cycle);
  }

  await page.reload();
  await expect(page.getByText('2 personnes ont voté.')).toBeVisible();
  await take(page, 'Clore le vote');
  await step(page, 'Compter').click();
  await expect(page.getByRole('main').getByRole('link', { name: 'Publier les résultats' })).toBeVisible();
  for (const file of ['results', 'results.csv', 'results.json']) {
    const answer = await reader.request.get(`${cycle}/${file}`);
    expect(answer.status(), `${file} before the publication`).toBe(404);
  }
  await take(page, 'Publier les résultats');
  await expect(page.getByText('Les résultats sont publics.')).toBeVisible();

  await reader.goto('/');
  await reader.getByRole('link', { name: 'Aulnerive · Les rues qui jouent' }).last().click();
  await reader.getByRole('main').getByRole('link', { name: 'Voir les résultats' }).click();
  await expect(reader).toHaveURL(`${cycle}/results`);
  await assertResult(reader, cycle);
});

/** 17 € for the tree, of which it takes 15; 8 € for the swing, below its floor; 15 € kept by the second citizen. */
async function assertResult(reader: Page, cycle: string) {
  const main = reader.getByRole('main');
  await expect(main).toContainText('1 projet sur 2 est financé avec 15 €, par 2 personnes.');
  await expect(main.locator('dl > div')).toContainText([
    'Participation50,0 %2 sur 4 inscrits',
    'Donné25 €sur 40 € en tout',
    'Attribué aux projets15 €sur 40 € en tout',
    'Rendu à la ville25 €sur 40 € en tout',
  ]);
  await reader.getByText('Les mêmes chiffres en tableau').first().click();
  const table = reader.getByRole('table', { name: 'Les mêmes chiffres en tableau' });
  const rows = table.getByRole('row');
  const cells = async (place: number) => rows.nth(place).getByRole('cell').allInnerTexts();
  await expect(rows).toHaveCount(4);
  expect((await cells(1)).map(plain)).toEqual(['Financé', '2', '17,00 €', '15,00 €', '15,00 €']);
  expect((await cells(2)).map(plain)).toEqual(['Pas financé', '1', '8,00 €', '140,50 €', '0,00 €']);

  expect((await reader.locator('.bars__why').allInnerTexts()).map(plain)).toEqual([
    'Son soutien, 17 €, paie son coût entier de 15 €.',
    'Son soutien, 8 €, n’atteint pas les 100 € qu’il lui faut. Il aurait suffi de 92 € de plus : 5 personnes lui donnant tout.',
  ]);
  await expect(main.getByRole('heading', { name: 'La règle de ce vote' })).toBeVisible();

  const csv = await (await reader.request.get(`${cycle}/results.csv`)).text();
  expect(csv.trim().split('\r\n')).toEqual([
    'project,title,status,supporters,given_minor,support_minor,floor_minor,ceiling_minor,received_minor,currency',
    'un-marronnier,Un marronnier,funded,2,1700,1700,1000,1500,1500,EUR',
    'une-balancoire,Une balançoire,not_funded,1,800,800,10000,14050,0,EUR',
  ]);
  const json = await (await reader.request.get(`${cycle}/results.json`)).json();
  expect(json).toMatchObject({
    eligible: 4, voted: 2, ballots: 2, purse_minor: 4000, given_minor: 2500, funded_minor: 1500, returned_minor: 2500,
    projects: [
      { project: 'un-marronnier', supporters: 2, given_minor: 1700, received_minor: 1500 },
      { project: 'une-balancoire', supporters: 1, given_minor: 800, received_minor: 0 },
    ],
  });
}

test('a wrong password is refused, and the address kept', async ({ page, demo, booth }) => {
  await page.goto('/office/enter');
  await page.getByLabel('Adresse de courriel').fill(demo.mail);
  await page.getByLabel('Mot de passe').fill('un autre');
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await expect(page).toHaveTitle(/^Erreur\s: /);
  await expect(booth.errors.getByRole('heading')).toHaveText('Connexion refusée');
  await expect(booth.errors).not.toContainText('Rien n’a été enregistré');
  await booth.errors.getByRole('link', { name: 'L’adresse ou le mot de passe ne convient pas.' }).click();
  await expect(page.getByLabel('Adresse de courriel')).toBeFocused();
  await expect(page.getByLabel('Adresse de courriel')).toHaveValue(demo.mail);
  await expect(page.getByLabel('Mot de passe')).toHaveValue('');
});

test('who signs out is out', async ({ page, demo }) => {
  await signIn(page, demo);
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await expect(page).toHaveURL('/office/enter');
  await page.goto(`/office/${demo.town}/2026`);
  await expect(page.getByRole('heading', { level: 1, name: 'Connectez-vous d’abord' })).toBeVisible();
});

test('forms keep what was typed and lead to what is wrong', async ({ page, demo, office, booth }) => {
  const { desk } = await office.cycle('empty');
  await signIn(page, demo);

  await page.goto(`/office/${demo.town}/new`);
  await page.getByLabel('Adresse de la page', { exact: true }).fill('Été 2026');
  await page.getByLabel('Enveloppe de chaque personne').fill('vingt');
  await save(page);
  await expect(page).toHaveTitle(/^Erreur\s: Nouveau cycle/);
  await expect(page.getByLabel('Enveloppe de chaque personne')).toHaveValue('vingt');
  for (const [label, words] of [
    ['Titre en français', 'Donnez un titre.'],
    ['Adresse de la page', 'Une adresse se compose de lettres minuscules sans accent, de chiffres et de tirets.'],
    ['Enveloppe de chaque personne, en euros', '« vingt » n’est pas un montant. Écrivez un nombre en chiffres, par exemple 4.'],
  ]) {
    await booth.errors.getByRole('link', { name: words }).click();
    await expect(page.getByLabel(label, { exact: true })).toBeFocused();
  }

  await page.goto(`${desk}/projects/new`);
  await page.getByLabel('Titre en français').fill('Un kiosque');
  await page.getByLabel('Coût complet').fill('100');
  const line = page.getByRole('group', { name: 'Ligne 1', exact: true });
  await line.getByLabel('Poste en français').fill('La charpente');
  await line.getByLabel('Montant').fill('60');
  await save(page);
  await expect(booth.errors.getByRole('listitem')).toHaveText(['Écrivez une phrase de résumé.']);
  await page.getByLabel('Résumé en français').fill('Pour jouer dehors.');
  await save(page);
  await booth.errors.getByRole('link', { name: 'Les lignes font 60,00 €, et le coût complet est 100,00 €.' }).click();
  await expect(page).toHaveURL(/#budget$/);
  await expect(line.getByLabel('Poste en français')).toHaveValue('La charpente');

  await page.goto(`${desk}/roll`);
  await chooseRoll(page, 'reference\nA-1\n\nA-1\n=1+1\n');
  await expect(booth.errors.getByRole('listitem')).toContainText([/Ligne \d+.*déjà à la ligne/, /Ligne \d+.*tableur/]);
  await booth.errors.getByRole('link').first().click();
  await expect(page.getByLabel('Le fichier CSV de la liste')).toBeFocused();
});

test('once open, rules and projects are frozen', async ({ page, demo, office }) => {
  const { desk } = await office.cycle('open');
  await signIn(page, demo);
  for (const path of ['edit', 'projects/new', 'projects/un-banc']) {
    await page.goto(`${desk}/${path}`);
    await expect(page.getByRole('heading', { level: 1, name: 'C’est gelé : ceci ne change plus' })).toBeVisible();
  }
});

async function signIn(page: Page, { mail, password }: Demo) {
  await page.goto('/office');
  await expect(page).toHaveURL('/office/enter');
  await page.getByLabel('Adresse de courriel').fill(mail);
  await page.getByLabel('Mot de passe').fill(password);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await expect(page.getByText('Vous êtes Camille Aubert.')).toBeVisible();
}

async function addProject(page: Page, project: { title: string; floor: string; ceiling: string }) {
  await page.getByRole('link', { name: 'Ajouter un projet' }).click();
  await page.getByLabel('Titre en français').fill(project.title);
  await page.getByLabel('Résumé en français').fill('Une phrase.');
  await page.getByLabel('Minimum').fill(project.floor);
  await page.getByLabel('Coût complet').fill(project.ceiling);
  await save(page);
  await expect(page.getByRole('link', { name: project.title, exact: true })).toBeVisible();
}

/** Imports a roll; the pairs of reference and code in the file that comes back. */
async function importRoll(page: Page, references: string[]): Promise<string[][]> {
  await page.getByRole('link', { name: 'Importer la liste' }).click();
  const downloading = page.waitForEvent('download');
  await chooseRoll(page, ['reference;district', ...references.map((reference) => `${reference};La Gare`), ''].join('\n'));
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^aulnerive-.+-codes\.csv$/);
  const table = await readFile(await download.path(), 'utf8');
  return table.trim().split('\r\n').slice(1).map((row) => row.split(';'));
}

async function chooseRoll(page: Page, text: string) {
  const file = { name: 'liste.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.getByLabel('Le fichier CSV de la liste').setInputFiles(file);
  await page.getByRole('button', { name: 'Importer et télécharger les codes' }).click();
}

async function save(page: Page) {
  await page.getByRole('button', { name: 'Enregistrer' }).click();
}

/** A step that cannot be undone: asked on a page of its own, taken there, and said. */
async function take(page: Page, name: string) {
  await page.getByRole('main').getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await step(page, name).click();
  await expect(page.getByRole('main').getByRole('status')).toBeVisible();
}

function step(page: Page, name: string) {
  return page.getByRole('main').getByRole('button', { name, exact: true });
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
