// A citizen who wants an account: made by a mailed link, it votes without the letter, reminds, and can be deleted.

import { BALLOT, BENCHES, CYCLE } from './booth';
import { expect, test } from './demo';
import { linkIn } from './mailbox';

const PASSWORD = 'quatre mots sans lien';

test('an account is made, votes without the letter, and is deleted', async ({ page, demo, booth, office, someoneElse }) => {
  const mail = 'jeanne@exemple.fr';
  await page.goto('/enter');
  await page.getByRole('link', { name: 'J’ai un compte, ou j’en veux un' }).click();
  await page.getByRole('link', { name: 'Créer un compte' }).click();
  await page.getByLabel('Adresse de courriel').fill(mail);
  await page.getByRole('button', { name: 'Recevoir le lien' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Regardez vos courriels' })).toBeVisible();

  await page.goto(await linkIn(demo, mail, '/account/password'));
  await page.getByLabel('Nouveau mot de passe').fill('court');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await booth.errors.getByRole('link', { name: 'Choisissez un mot de passe d’au moins 10 caractères.' }).click();
  await expect(page.getByLabel('Nouveau mot de passe')).toBeFocused();
  await page.getByLabel('Nouveau mot de passe').fill(PASSWORD);
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByText('Votre mot de passe est enregistré.')).toBeVisible();

  const code = await office.freshCode();
  await page.getByText('Ce que cela change pour le secret du vote').click();
  await expect(page.getByText('Il ne garde jamais votre adresse avec votre bulletin.')).toBeVisible();
  await page.getByLabel('Code de la lettre').fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Attacher', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('Vous n’avez pas encore voté');
  await page.getByRole('button', { name: 'Se déconnecter', exact: true }).click();
  await expect(page).toHaveURL('/account/enter');

  await page.getByLabel('Adresse de courriel').fill(mail);
  await page.getByLabel('Mot de passe').fill(PASSWORD);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('button', { name: 'Remplir mon bulletin' }).click();
  await expect(page).toHaveURL(BALLOT);
  await booth.give(BENCHES, 9);
  await booth.check();
  await booth.confirm();
  await booth.assertReceipt(1);
  await page.getByRole('link', { name: 'Mon compte' }).click();
  await expect(page.getByRole('main')).toContainText('Vous avez voté.');

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Télécharger tout ce qui est gardé' }).click();
  expect((await downloading).suggestedFilename()).toBe('ecot.json');
  await page.getByRole('link', { name: 'Supprimer mon compte' }).click();
  await page.getByLabel('Mot de passe').fill(PASSWORD);
  await page.getByRole('button', { name: 'Supprimer pour toujours' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Votre compte est supprimé' })).toBeVisible();

  const reader = await someoneElse();
  await reader.goto('/enter');
  await reader.getByRole('textbox').fill(code);
  await reader.getByRole('button', { name: 'Continuer' }).click();
  await expect(reader.getByRole('main')).toContainText('La version 1 de votre bulletin est dans l’urne');
});

test('a reminder is asked for, and taken back', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await page.getByRole('link', { name: 'Me le rappeler avant la clôture' }).click();
  await page.getByLabel('Adresse de courriel').fill('jeanne');
  await page.getByLabel('Adresse de courriel').press('Enter');
  if (!(await booth.errors.isVisible())) {
    // The browser itself refuses what is no address; what it lets through is for the server.
    await page.getByLabel('Adresse de courriel').fill('jeanne@exemple');
    await page.getByLabel('Adresse de courriel').press('Enter');
  }
  await expect(booth.errors).toContainText('Écrivez une adresse de courriel entière');
  await page.getByLabel('Adresse de courriel').fill('jeanne@exemple.fr');
  await page.getByRole('button', { name: 'Me le rappeler', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('un rappel ira à jeanne@exemple.fr');
  await page.getByRole('button', { name: 'Ne plus me le rappeler' }).click();
  await expect(page.getByLabel('Adresse de courriel')).toHaveValue('');
  await expect(page).toHaveURL(`${CYCLE}/reminder`);
});
