// A citizen: from the letter to the receipt, and back to change their mind.

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
  await booth.assertChosen(/Six bancs.*12,00\s€/, /outilthèque.*6,00\s€/, /Pas réparti.*2,00\s€/);

  await page.getByRole('button', { name: `Changer ${TOOLS}` }).click();
  await expect(booth.amount(BENCHES)).toHaveValue('12');
  await expect(booth.amount(TOOLS)).toHaveValue('6');
  await booth.give(TOOLS, 2);
  await booth.check();
  await booth.assertChosen(/12,00\s€/, /8,00\s€/, /Pas réparti.*0,00\s€/);
  await booth.confirm();
  await booth.assertReceipt(1);

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
  await booth.assertChosen(/horloge.*5,00\s€/, /Pas réparti.*15,00\s€/);
  await booth.confirm();
  await booth.assertReceipt(2);
});

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
  ['too short', '7K3M-0QX9', 'Un code a seize lettres et chiffres ; vous en avez tapé 8.'],
  ['a letter that no code has', 'U000-0000-0000-0000', 'Aucun code ne contient « U ».'],
  ['a typing mistake', '0000-0000-0000-0001', 'Ce code contient une faute de frappe.'],
  ['nobody’s', '0000-0000-0000-0000', 'Nous ne connaissons pas ce code.'],
] as const) {
  test(`a code that is ${what} is refused in plain words`, async ({ page, booth }) => {
    await page.goto('/enter');
    await booth.tryCode(typed);
    await expect(page).toHaveTitle(/^Erreur\s: Entrer mon code/);
    await expect(booth.errors).toContainText(words);
    await expect(booth.code).toHaveValue(typed.trim());
    await expect(booth.code).toHaveAccessibleDescription(new RegExp(escape(words)));
    await booth.errors.getByRole('link').click();
    await expect(booth.code).toBeFocused();
  });
}

test('back and forward send nothing again, wherever something was asked', async ({ page, booth, office }) => {
  const code = await office.freshCode();
  await page.goto('/enter');
  await booth.tryCode('7K3M');
  await expect(booth.errors).toContainText('Un code a seize lettres et chiffres');
  await expect(booth.code).toHaveValue('7K3M');
  await booth.tryCode(code);
  await expect(page).toHaveURL(BALLOT);
  await page.goBack();
  await expect(booth.code).toHaveValue('7K3M');
  await page.goForward();
  await expect(booth.amount(BENCHES)).toBeVisible();

  await page.goto('/enter/used');
  await page.locator('#code').fill(code);
  await page.keyboard.press('Enter');
  const answer = page.getByRole('heading', { level: 1, name: 'Non, personne n’a voté avec ce code' });
  await expect(answer).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Entrer mon code' }).click();
  await expect(page).toHaveURL('/enter');
  await page.goBack();
  await expect(answer).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'No, nobody has voted with this code' })).toBeVisible();
});

test('over the envelope is said, and nothing is recorded', async ({ page, booth, office, javaScriptEnabled }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 15);
  await booth.amount(CLOCK).fill('8');
  if (javaScriptEnabled) {
    await expect(booth.purse).toContainText('Vous dépassez de 3,00 € sur 20,00 €');
    await expect(booth.status).toHaveText('Retirez 3,00 € pour continuer.');
  }
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur\s: Répartir mes 20\s€/);
  const words = 'Vous répartissez 23,00 €, et votre enveloppe contient 20,00 €. Retirez 3,00 €.';
  await expect(booth.errors.getByRole('listitem')).toHaveText([words]);
  await expect(booth.amount(BENCHES)).toHaveValue('15');
  await expect(booth.amount(CLOCK)).toHaveValue('8');
  await booth.errors.getByRole('link').click();
  await expect(page.locator('#allocator')).toBeFocused();
  await expect(page.getByRole('main').getByText(words)).toHaveCount(2);

  await page.goto(`${CYCLE}/mine`);
  await expect(page.getByRole('heading', { level: 1, name: 'Vous n’avez pas encore voté' })).toBeVisible();
});

test('every amount that cannot be is named, and kept', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  const wrong = [
    [BENCHES, 'douze', '« douze » n’est pas un montant. Écrivez un nombre en chiffres, par exemple 4.'],
    [TOOLS, '4,50', `« ${TOOLS} » : donnez un multiple de 1,00 €.`],
    [CLOCK, '-3', `« ${CLOCK} » : un montant n’est jamais négatif.`],
  ];
  for (const [title, typed] of wrong) await booth.amount(title).fill(typed);
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur\s: /);
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

test('back leads from step to step, also past a refusal, and nothing is sent again', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.amount(BENCHES).fill('27');
  await booth.check();
  await expect(booth.errors).toContainText('Retirez 7,00 €');
  await booth.amount(BENCHES).fill('17');
  await booth.check();
  await booth.assertChosen(/Six bancs.*17,00\s€/);
  await page.goBack();
  await expect(page).toHaveURL(BALLOT);
  await expect(page.getByRole('heading', { level: 1, name: 'Répartir mes 20 €' })).toBeVisible();
  await expect(booth.amount(BENCHES)).toHaveValue('17');
  await page.reload();
  await expect(booth.amount(BENCHES)).toHaveValue('17');
  await page.goForward();
  await booth.assertChosen(/Six bancs.*17,00\s€/);
  await page.getByRole('main').getByRole('link', { name: 'Mon choix' }).click();
  await expect(booth.amount(BENCHES)).toHaveValue('17');
  await booth.check();
  await booth.confirm();
  await booth.assertReceipt(1);
});

test('what was refused can be read in another language, and is still there', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.amount(BENCHES).fill('27');
  await booth.check();
  await expect(booth.errors).toContainText('Retirez 7,00 €');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('alert')).toContainText('Take back €7.00');
  await expect(page.getByRole('textbox', { name: /^Amount for .*benches/i })).toHaveValue('27');
});

test('an empty ballot is not one', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.check();
  await expect(page).toHaveTitle(/^Erreur\s: /);
  await expect(booth.errors.getByRole('listitem')).toHaveText(['Donnez quelque chose à au moins un projet.']);
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

test('the rest is spread over what is chosen, and where money may go is asked', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 4);
  await booth.amount(TOOLS).fill('6');
  // The whole row is the label, and the target.
  await page.getByText('à la ville', { exact: true }).click();
  await page.getByRole('button', { name: 'Répartir le reste' }).click();
  await expect(booth.amount(BENCHES)).toHaveValue('9');
  await expect(booth.amount(TOOLS)).toHaveValue('11');
  await expect(booth.amount(CLOCK)).toHaveValue('');
  await expect(page.getByRole('radio', { name: 'à la ville' })).toBeChecked();

  await booth.check();
  await booth.assertChosen(/9,00\s€/, /11,00\s€/, /Pas réparti.*0,00\s€/, /à la ville/);
  await page.getByRole('button', { name: /^Changer Si un projet/ }).click();
  await expect(page.getByRole('radio', { name: 'à la ville' })).toBeChecked();
  await page.getByText('à mes autres choix, puis').click();
  await booth.check();
  await booth.assertChosen(/9,00\s€/, /11,00\s€/, /Pas réparti/, /à ce que les autres soutiennent/);
  await booth.confirm();
  await booth.assertReceipt(1);
});

test('there is nothing to spread the rest over', async ({ page, booth, office, javaScriptEnabled }) => {
  await booth.enter(await office.freshCode());
  const spread = page.getByRole('button', { name: 'Répartir le reste' });
  if (javaScriptEnabled) {
    await expect(spread).toBeDisabled();
  } else {
    await spread.click();
    await expect(booth.errors.getByRole('listitem')).toHaveText([/^Choisissez d’abord un ou plusieurs projets/]);
  }
});

test('what assistive technology finds on the ballot', async ({ page, booth, office, javaScriptEnabled }) => {
  await booth.enter(await office.freshCode());
  await expect(page.locator('.field__error:visible')).toHaveCount(0);
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
        - paragraph:
          - text: Il vous reste
          - strong: 8,00 €
          - text: sur 20,00 €
        - button "Répartir le reste"
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
        - paragraph:
          - text: Votre enveloppe
          - strong: 20,00 €
        - button "Répartir le reste"
        - status
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
      - term: Pas réparti
      - definition: 8,00 €
      - definition:
        - button "Changer Pas réparti"
      - term: Si un projet ne peut pas utiliser mon argent
      - definition: à mes autres choix
      - definition:
        - button "Changer Si un projet ne peut pas utiliser mon argent"
      - paragraph:
        - button "Confirmer et voter"
  `);
});

test.describe('in Arabic', () => {
  test.use({ locale: 'ar' });

  test('a citizen votes, from right to left', async ({ page, office, javaScriptEnabled }) => {
    await page.goto('/enter');
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    const code = page.getByRole('textbox', { name: 'ما الرمز المكتوب في رسالتكم؟' });
    await expect(code).toHaveCSS('direction', 'ltr');
    await code.fill(await office.freshCode());
    await page.getByRole('button', { name: 'متابعة' }).click();
    await expect(page).toHaveURL(BALLOT);

    const benches = 'ستة مقاعد تحت أشجار الزيزفون على الرصيف';
    const amount = page.getByRole('textbox', { name: benches });
    await amount.fill('٧');
    if (javaScriptEnabled) {
      await expect(page.getByRole('complementary', { name: 'حصتكم' })).toContainText('بقي لكم');
      const [less, more] = await Promise.all(['إنقاص', 'زيادة'].map((words) =>
        page.getByRole('button', { name: new RegExp(`^${words}.*${benches}`) }).boundingBox()));
      expect(less?.x, '− comes first, as one reads').toBeGreaterThan(more?.x ?? Infinity);
    }
    await page.getByRole('button', { name: 'مراجعة اختياراتي' }).click();
    await expect(page.locator('.summary-list > div').first()).toContainText(/7,00\s€/);
    await page.getByRole('button', { name: 'التأكيد والتصويت' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'سُجّلت ورقة تصويتكم' })).toBeVisible();
  });
});

function escape(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s');
}

test('a receipt puts the amounts back on another device, and says later what became of them', async ({ page, booth, office, someoneElse }) => {
  const code = await office.freshCode();
  await booth.enter(code);
  await booth.give(BENCHES, 12);
  await booth.give(TOOLS, 6);
  await booth.check();
  await booth.confirm();
  await booth.assertReceipt(1);
  const receipt = await page.locator('.receipt code').innerText();
  const [file] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: 'L’enregistrer' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('aulnerive-2026-1.txt');
  await page.getByRole('button', { name: 'Le garder dans ce navigateur' }).click();
  await expect(page).toHaveURL('/euros');
  await expect(page.getByRole('main')).toContainText('Le vote n’est pas encore compté.');
  await expect(page.getByRole('row', { name: /outilthèque/ })).toContainText(/6,00\s€/);

  const other = await someoneElse();
  await other.goto('/euros');
  await expect(other.getByRole('row')).toHaveCount(0);
  await other.goto('/enter');
  await other.getByRole('textbox').fill(code);
  await other.getByRole('textbox').press('Enter');
  await expect(other).toHaveURL(BALLOT);
  await other.getByText('J’ai gardé mon reçu').click();
  await other.getByRole('textbox', { name: 'Votre reçu' }).fill(receipt.toLowerCase().replaceAll('-', ' '));
  await other.getByRole('button', { name: 'Remettre mes montants' }).click();
  const there = new Booth(other, false);
  await expect(there.amount(BENCHES)).toHaveValue('12');
  await expect(there.amount(TOOLS)).toHaveValue('6');
});
