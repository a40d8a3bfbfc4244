// What happens at the edges: the network is away, the visit is over, another tab was first, the letter is lost.

import { BALLOT, BENCHES, CLOCK, CYCLE } from './booth';
import { expect, test } from './demo';

test('what was chosen outlives a visit that is over', async ({ page, booth, office }) => {
  const code = await office.freshCode();
  await booth.enter(code);
  await booth.give(BENCHES, 5);
  await page.context().clearCookies({ name: 'citizen' });
  await booth.check();
  await expect(page.getByRole('main')).toContainText('votre choix n’est pas perdu');
  await booth.tryCode('7K3M');
  await expect(booth.errors).toContainText('Un code a seize lettres et chiffres');
  await booth.tryCode(code);
  await expect(page.getByRole('heading', { level: 1, name: 'Vérifier mon choix' })).toBeVisible();
  await booth.assertChosen(/Six bancs.*5,00\s€/, /Pas réparti.*15,00\s€/);
  await booth.confirm();
  await booth.assertReceipt(1);
});

test('another tab cannot replace a ballot unseen', async ({ page, context, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 5);
  await booth.check();
  const other = await context.newPage();
  await other.goto(BALLOT);
  await other.getByRole('textbox', { name: `Montant pour ${CLOCK}` }).fill('3');
  await other.getByRole('button', { name: 'Vérifier mon choix' }).click();
  await other.getByRole('button', { name: 'Confirmer et voter' }).click();
  await expect(other).toHaveURL(`${CYCLE}/mine`);
  await booth.confirm();
  await expect(page.getByRole('main')).toContainText('la version 1 de votre bulletin a été enregistrée');
  await booth.assertChosen(/Six bancs.*5,00\s€/);
  await booth.confirm();
  await booth.assertReceipt(2);
});

test('without a network nothing is lost', async ({ page, context, booth, office, watch }) => {
  watch.expect(/ERR_INTERNET_DISCONNECTED/);
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 5);
  await context.setOffline(true);
  await booth.check();
  await expect(page).toHaveURL(/^chrome-error:/);
  await context.setOffline(false);
  // "Reload" sends the form again, with all that was typed.
  await page.reload();
  await booth.assertChosen(/Six bancs.*5,00\s€/);
  await booth.confirm();
  await booth.assertReceipt(1);
});

test('a lost letter reaches the officers, and the answer its person', async ({ page, demo, office, someoneElse }) => {
  await page.goto(`${CYCLE}/claim`);
  await page.getByRole('button', { name: 'Envoyer ma demande' }).click();
  const errors = page.getByRole('alert');
  await expect(errors.getByRole('link')).toHaveText([
    'Choisissez ce qui s’est passé.',
    'Écrivez votre nom, pour que la mairie vous retrouve sur sa liste.',
    'Écrivez une adresse, un numéro de téléphone ou un courriel.',
  ]);
  await errors.getByRole('link').first().click();
  await expect(page.getByRole('radio', { name: /Je n’ai pas ma lettre/ })).toBeFocused();
  const name = `Amina ${office.slug()}`;
  await page.getByText('Je n’ai pas ma lettre').click();
  await page.getByRole('textbox', { name: 'Votre prénom et votre nom' }).fill(name);
  await page.getByRole('textbox', { name: 'Où vous joindre' }).fill('5 rue du Moulin');
  await page.getByRole('button', { name: 'Envoyer ma demande' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Votre demande est arrivée' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('La mairie ne l’a pas encore traitée.');

  const desk = await someoneElse();
  await desk.context().addCookies([{ name: 'officer', value: office.session, url: demo.url }]);
  await desk.goto(`${demo.url}/office${CYCLE}/claims`);
  const claim = desk.locator('section').filter({ hasText: name });
  await expect(claim).toContainText('5 rue du Moulin');
  await claim.getByText('Refusée', { exact: true }).click();
  await claim.getByRole('textbox', { name: 'Ce que la personne lira' }).fill('Passez au guichet avec une pièce d’identité.');
  await claim.getByRole('button', { name: 'Enregistrer la réponse' }).click();
  await expect(desk.getByRole('listitem').filter({ hasText: name })).toContainText('Refusée');

  await page.reload();
  await expect(page.getByRole('main')).toContainText('La mairie a refusé votre demande.');
  await expect(page.getByRole('main')).toContainText('Passez au guichet');
});

test('a code tells whether somebody voted with it, and nothing else', async ({ page, booth, office }) => {
  const code = await office.freshCode();
  const ask = async () => {
    await page.goto('/enter');
    await page.getByRole('link', { name: 'Mon code a-t-il déjà servi ?' }).click();
    await page.getByRole('textbox', { name: 'Le code de votre lettre' }).fill(code);
    await page.getByRole('button', { name: 'Regarder' }).click();
  };
  await ask();
  await expect(page.getByRole('heading', { level: 1, name: 'Non, personne n’a voté avec ce code' })).toBeVisible();
  await booth.enter(code);
  await booth.give(BENCHES, 5);
  await booth.check();
  await booth.confirm();
  await ask();
  await expect(page.getByRole('heading', { level: 1, name: 'Oui, ce code a servi à voter' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText(/Un bulletin est arrivé par ce site le \p{L}+ \d/u);
  await expect(page.getByRole('main')).not.toContainText('€');
});
