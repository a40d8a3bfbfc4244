// A citizen: from the letter to the receipt, and back to change their mind.

import type { Page } from '@playwright/test';
import { BALLOT, BENCHES, Booth, CLOCK, CYCLE, TOOLS } from './booth';
import { expect, test } from './demo';

test('a citizen votes with the printed code, and votes again', async ({ page, demo, booth }) => {
  await page.goto('/');
  await page.getByRole('main').getByRole('link', { name: 'Entrer mon code' }).click();
  await booth.tryCode(demo.codes[0].toLowerCase().replaceAll('-', ''));
  await expect(page).toHaveURL(BALLOT);
  await expect(page.getByRole('heading', { level: 1, name: 'Répartir mes 20 €' })).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('dans l’urne');

  await booth.give(BENCHES, 12);
  await booth.give(TOOLS, 6);
  await booth.check();
  await expect(page.getByRole('heading', { level: 1, name: 'Vérifier mon choix' })).toBeVisible();
  await expect(booth.choices).toContainText([
    /Six bancs.*12,00 €/, /outilthèque.*6,00 €/, /Pas réparti, rendu à la ville.*2,00 €/,
  ]);

  await page.getByRole('button', { name: `Changer ${TOOLS}` }).click();
  await expect(booth.amount(BENCHES)).toHaveValue('12');
  await expect(booth.amount(TOOLS)).toHaveValue('6');
  await booth.give(TOOLS, 2);
  await booth.check();
  await expect(booth.choices).toContainText([/12,00 €/, /8,00 €/, /Pas réparti.*0,00 €/]);
  await booth.confirm();
  await assertReceipt(page, 1);

  await page.getByRole('button', { name: 'Quitter' }).click();
  await expect(page).toHaveURL('/');
  await page.goto(BALLOT);
  await expect(page.getByRole('heading', { level: 1, name: 'Entrez d’abord votre code' })).toBeVisible();

  await page.getByRole('main').getByRole('link', { name: 'Entrer mon code' }).click();
  await booth.tryCode(demo.codes[0]);
  await expect(page.getByRole('main')).toContainText('La version 1 de votre bulletin est dans l’urne et reste valable');
  for (const field of await page.getByRole('textbox').all()) await expect(field).toHaveValue('');
  await booth.give(CLOCK, 5);
  await booth.check();
  await expect(page.getByText('Ceci remplacera la version 1.')).toBeVisible();
  await expect(booth.choices).toContainText([/horloge.*5,00 €/, /Pas réparti.*15,00 €/]);
  await booth.confirm();
  await assertReceipt(page, 2);
});

/** The receipt of this version, at this minute or the one before. */
async function assertReceipt(page: Page, version: number) {
  await expect(page).toHaveURL(`${CYCLE}/mine`);
  await expect(page.getByRole('heading', { level: 1, name: 'Votre bulletin est enregistré' })).toBeVisible();
  const time = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
  const minutes = [0, 60_000].map((ago) => time.format(Date.now() - ago)).join('|');
  const sent = new RegExp(`^Envoyé le \\p{L}+ \\d{1,2}(er)? \\p{L}+ \\d{4} à (${minutes}), version ${version}\\.$`, 'u');
  await expect(page.getByText(sent)).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: 'Et maintenant' })).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('€');
}

for (const [how, write] of [
  ['in capitals with spaces', (code: string) => ` ${code.replaceAll('-', ' ')} `],
  ['with look-alike letters', (code: string) => code.replaceAll('1', 'i').replaceAll('0', 'O')],
  ['with long dashes', (code: string) => code.replaceAll('-', ' — ')],
] as const) {
  test(`a code may be written ${how}`, async ({ booth, office }) => {
    await booth.enter(write(await office.freshCode()));
  });
}

for (const [what, typed, words] of [
  ['nothing but a dash', ' - ', 'Écrivez le code qui est dans votre lettre.'],
  ['too short', '7K3M-0QX9', 'Un code a seize lettres et chiffres ; il y en a ici 8.'],
  ['a letter that no code has', 'U000-0000-0000-0000', 'Aucun code ne contient « U ».'],
  ['a typing mistake', '0000-0000-0000-0001', 'Ce code contient une faute de frappe.'],
  ['nobody’s', '0000-0000-0000-0000', 'Nous ne connaissons pas ce code.'],
] as const) {
  test(`a code that is ${what} is refused in plain words`, async ({ page, booth }) => {
    await page.goto('/enter');
    await booth.tryCode(typed);
    await expect(page).toHaveTitle(/^Erreur : Entrer mon code/);
    await expect(booth.errors).toContainText(words);
    await expect(booth.code).toHaveValue(typed);
    await expect(booth.code).toHaveAccessibleDescription(new RegExp(escape(words)));
    await booth.errors.getByRole('link').click();
    await expect(booth.code).toBeFocused();
  });
}

test('over the envelope is said, and nothing is recorded', async ({ page, booth, office, javaScriptEnabled }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 15);
  await booth.amount(CLOCK).fill('8');
  if (javaScriptEnabled) {
    await expect(booth.purse).toContainText('Vous dépassez de 3,00 € sur 20,00 €');
    await expect(booth.status).toHaveText('Retirez 3,00 € pour continuer.');
  }
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur : Répartir mes 20 €/);
  const words = 'Vous répartissez 23,00 €, et votre enveloppe contient 20,00 €. Retirez 3,00 €.';
  await expect(booth.errors.getByRole('listitem')).toHaveText([words]);
  await expect(booth.amount(BENCHES)).toHaveValue('15');
  await expect(booth.amount(CLOCK)).toHaveValue('8');
  await booth.errors.getByRole('link').click();
  await expect(page.locator('input:focus')).toHaveAccessibleDescription(words);

  await page.goto(`${CYCLE}/mine`);
  await expect(page.getByRole('heading', { level: 1, name: 'Vous n’avez pas encore voté' })).toBeVisible();
});

test('every amount that cannot be is named, and kept', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  const wrong = [
    [BENCHES, 'douze', '« douze » n’est pas un montant. Écrivez par exemple 4 ou 4,50.'],
    [TOOLS, '4,50', `« ${TOOLS} » : donnez un multiple de 1,00 €.`],
    [CLOCK, '-3', `« ${CLOCK} » : un montant n’est jamais négatif.`],
  ];
  for (const [title, typed] of wrong) await booth.amount(title).fill(typed);
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur : /);
  await expect(booth.errors).toContainText('Rien n’a été enregistré.');
  await expect(booth.errors.getByRole('link')).toHaveCount(wrong.length);
  for (const [title, typed, words] of wrong) {
    const field = booth.amount(title);
    await expect(field).toHaveValue(typed);
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(words);
    await booth.errors.getByRole('link', { name: words }).click();
    await expect(field).toBeFocused();
  }
});

test('an empty ballot is not one', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur : /);
  await expect(booth.errors.getByRole('listitem')).toHaveText(['Donnez au moins une pièce à un projet.']);
});

test('after the close, a code leads to what can be read', async ({ page, booth, office }) => {
  const { codes, public: cycle } = await office.cycle('closed');
  await page.goto('/enter');
  await booth.tryCode(codes[0]);
  await expect(page).toHaveURL(`${cycle}/ballot`);
  await expect(page.getByRole('heading', { level: 1, name: 'Le vote est clos' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Voir le cycle' }).click();
  await expect(page).toHaveURL(cycle);
});

test('what assistive technology finds on the ballot', async ({ page, booth, office, javaScriptEnabled }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 12);
  const row = page.getByRole('listitem').filter({ has: booth.amount(BENCHES) });
  if (javaScriptEnabled) {
    await expect(row).toMatchAriaSnapshot(`
      - listitem:
        - heading "Six bancs sous les tilleuls du quai" [level=2]:
          - link "Six bancs sous les tilleuls du quai"
        - paragraph: Les Tanneries · demande 7 200 €
        - button "Moins pour Six bancs sous les tilleuls du quai"
        - textbox "Montant pour Six bancs sous les tilleuls du quai": "12"
        - button "Plus pour Six bancs sous les tilleuls du quai"
    `);
    await expect(booth.purse).toMatchAriaSnapshot(`
      - complementary "Votre enveloppe":
        - paragraph: Il vous reste 8,00 € sur 20,00 €
        - status: Il vous reste 8,00 €
    `);
  } else {
    await expect(row).toMatchAriaSnapshot(`
      - listitem:
        - heading "Six bancs sous les tilleuls du quai" [level=2]:
          - link "Six bancs sous les tilleuls du quai"
        - paragraph: Les Tanneries · demande 7 200 €
        - textbox "Montant pour Six bancs sous les tilleuls du quai": "12"
    `);
    await expect(booth.purse).toMatchAriaSnapshot(`
      - complementary "Votre enveloppe":
        - paragraph: Votre enveloppe 20,00 €
    `);
    await expect(page.getByRole('button', { name: /^(Plus|Moins) pour/ })).toHaveCount(0);
  }
  await booth.check();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Vérifier mon choix" [level=1]
      - paragraph: Rien n’est enregistré tant que vous n’avez pas confirmé.
      - term: Six bancs sous les tilleuls du quai
      - definition: 12,00 €
      - definition:
        - button "Changer Six bancs sous les tilleuls du quai"
      - term: Pas réparti, rendu à la ville
      - definition: 8,00 €
      - definition:
        - button "Changer Pas réparti, rendu à la ville"
      - paragraph:
        - button "Confirmer et voter"
  `);
});

test.describe('with the script', () => {
  test.skip(({ javaScriptEnabled }) => !javaScriptEnabled);

  test('the rest is shown in figures and coins, and announced', async ({ booth, office }) => {
    await booth.enter(await office.freshCode());
    const coins = booth.purse.locator('.coin:not(.coin--spent)');
    await expect(booth.more(BENCHES)).toBeVisible();
    await expect(coins).toHaveCount(20);
    await expect(booth.status).toHaveText('');
    await expect(booth.less(BENCHES)).toBeDisabled();

    await booth.give(BENCHES, 3);
    await expect(booth.purse).toContainText('Il vous reste 17,00 € sur 20,00 €');
    await expect(booth.status).toHaveText('Il vous reste 17,00 €');
    await expect(coins).toHaveCount(17);

    await booth.less(BENCHES).click();
    await expect(booth.amount(BENCHES)).toHaveValue('2');
    await expect(booth.status).toHaveText('Il vous reste 18,00 €');
    await booth.amount(TOOLS).fill('18');
    await expect(booth.status).toHaveText('Vous avez tout réparti.');
    await expect(coins).toHaveCount(0);
    await booth.more(TOOLS).click();
    await expect(booth.status).toHaveText('Retirez 1,00 € pour continuer.');
    await expect(booth.purse).toContainText('Vous dépassez de 1,00 € sur 20,00 €');
    await expect(booth.page.getByText('Réparti : 21,00 € sur 20,00 €')).toBeVisible();
  });

  test('the whole vote by keyboard', async ({ page, booth, office }) => {
    const { keyboard } = page;
    await page.goto('/enter');
    await tabTo(booth.code);
    await keyboard.type(await office.freshCode());
    await keyboard.press('Enter');
    await expect(booth.more(BENCHES)).toBeVisible();
    await tabTo(booth.more(BENCHES));
    await keyboard.press('Enter');
    await keyboard.press('Space');
    await expect(booth.status).toHaveText('Il vous reste 18,00 €');
    await tabTo(booth.amount(TOOLS));
    await keyboard.type('7');
    await expect(booth.status).toHaveText('Il vous reste 11,00 €');
    await keyboard.press('Enter');
    const confirm = page.getByRole('button', { name: 'Confirmer et voter' });
    await expect(confirm).toBeVisible();
    await tabTo(confirm);
    await keyboard.press('Enter');
    await assertReceipt(page, 1);
  });

  test('what is typed before the script wakes is kept', async ({ page, booth, office }) => {
    const held = await holdScript(page);
    await booth.enter(await office.freshCode());
    await booth.amount(BENCHES).fill('7');
    await expect(booth.more(BENCHES)).toBeHidden();
    await held.release();
    await expect(booth.status).toHaveText('Il vous reste 13,00 €');
    await expect(booth.amount(BENCHES)).toHaveValue('7');
    await booth.give(BENCHES, 1);
    await booth.check();
    await expect(booth.choices).toContainText([/Six bancs.*8,00 €/, /12,00 €/]);
  });

  test('a script that never comes takes nothing away', async ({ page, watch, office }) => {
    watch.expect(/\.wasm|Failed to (load|fetch)|WebAssembly/);
    await page.route('**/*.wasm', (route) => route.abort());
    const plain = new Booth(page, false);
    await plain.enter(await office.freshCode());
    await plain.give(BENCHES, 20);
    await plain.check();
    await plain.confirm();
    await assertReceipt(page, 1);
  });
});

/** Goes on by the Tab key to what is wanted, as far as the page reaches. */
async function tabTo(wanted: ReturnType<Page['getByRole']>) {
  const page = wanted.page();
  for (let stop = 0; stop < 120; stop += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('Tab never reached it');
}

/** Keeps the page's wasm on its way until it is released. */
async function holdScript(page: Page) {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await released;
    await route.continue();
  });
  return { release };
}

function escape(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s');
}
