// The allocator awake: what the script adds, and that it takes nothing away. Only where there is a script.

import type { Locator, Page } from '@playwright/test';
import { BALLOT, BENCHES, BOOKS, Booth, TOOLS } from './booth';
import { expect, test } from './demo';

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

test('a draft waits in this browser, for this citizen, until the ballot is in', async ({ page, booth, office }) => {
  const draft = page.getByText('Votre brouillon, gardé dans ce navigateur, est de retour.');
  const [mine, theirs] = [await office.freshCode(), await office.freshCode()];
  await booth.enter(mine);
  await booth.give(BENCHES, 3);
  await page.getByRole('link', { name: TOOLS }).click();
  await page.goto(BALLOT);
  await expect(draft).toBeVisible();
  await expect(booth.amount(BENCHES)).toHaveValue('3');
  await page.getByRole('button', { name: 'Recommencer à zéro' }).click();
  await expect(draft).toBeHidden();
  await expect(booth.amount(BENCHES)).toHaveValue('');
  await page.goto(BALLOT);
  await expect(booth.more(BENCHES)).toBeVisible();
  await expect(booth.amount(BENCHES)).toHaveValue('');

  await booth.give(BENCHES, 5);
  await booth.enter(theirs);
  await expect(booth.more(BENCHES)).toBeVisible();
  await expect(booth.amount(BENCHES)).toHaveValue('');
  await booth.give(TOOLS, 4);
  await booth.check();
  await booth.confirm();
  await booth.assertReceipt(1);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
});

test('a draft that is newer than what was checked comes back', async ({ page, booth, office }) => {
  await booth.enter(await office.freshCode());
  await booth.give(BENCHES, 3);
  await booth.check();
  await page.goBack();
  await expect(booth.amount(BENCHES)).toHaveValue('3');
  await booth.give(BENCHES, 4);
  await page.getByRole('link', { name: TOOLS }).click();
  await page.goto(BALLOT);
  await expect(page.getByText('Votre brouillon, gardé dans ce navigateur, est de retour.')).toBeVisible();
  await expect(booth.amount(BENCHES)).toHaveValue('7');
});

test('what is wrong with an amount is said once it is typed, and no longer than it is', async ({ booth, office }) => {
  await booth.enter(await office.freshCode());
  const field = booth.amount(BENCHES);
  await expect(booth.more(BENCHES)).toBeVisible();
  for (const [typed, words] of [
    ['douze', '« douze » n’est pas un montant. Écrivez un nombre en chiffres, par exemple 4.'],
    ['4,50', `« ${BENCHES} » : donnez un multiple de 1,00 €.`],
    ['-3', `« ${BENCHES} » : un montant n’est jamais négatif.`],
  ]) {
    await field.fill(typed);
    await expect(field).not.toHaveAttribute('aria-invalid', 'true');
    await field.blur();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(words);
    await field.fill('4');
    await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  }
  await field.fill('douze');
  await field.blur();
  await booth.more(BENCHES).click();
  await expect(field).toHaveValue('1');
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  await booth.check();
  await booth.assertChosen(/Six bancs.*1,00\s€/);
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
  await tabTo(booth.amount(BOOKS));
  await keyboard.type('7');
  await expect(booth.status).toHaveText('Il vous reste 11,00 €');
  await keyboard.press('Enter');
  const confirm = page.getByRole('button', { name: 'Confirmer et voter' });
  await expect(confirm).toBeVisible();
  await tabTo(confirm);
  await keyboard.press('Enter');
  await booth.assertReceipt(1);
});

test('on a phone, the purse never covers what has the focus', async ({ page, booth, office }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await booth.enter(await office.freshCode());
  await expect(booth.more(BENCHES)).toBeVisible();
  // Projects stand in an order that is drawn; from the first on there are many.
  await page.getByRole('textbox', { name: /^Montant pour/ }).first().focus();
  for (const key of [...Array(24).fill('Tab'), ...Array(24).fill('Shift+Tab')]) {
    await page.keyboard.press(key);
    const covered = await page.evaluate(() => {
      const focused = document.activeElement!;
      const { x, y, width, height } = focused.getBoundingClientRect();
      const seen = document.elementFromPoint(x + width / 2, y + height / 2);
      // The label of a radio lies over it, so that the whole row can be pressed.
      const its = seen?.closest('label')?.control === focused || focused.contains(seen) || seen?.contains(focused);
      return its ? null : focused.outerHTML;
    });
    expect(covered).toBeNull();
  }
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
  await booth.assertChosen(/Six bancs.*8,00\s€/, /12,00\s€/);
});

test('a script that never comes takes nothing away', async ({ page, watch, office }) => {
  watch.expect(/\.wasm|Failed to (load|fetch)|WebAssembly/);
  await page.route('**/*.wasm', (route) => route.abort());
  const plain = new Booth(page, false);
  await plain.enter(await office.freshCode());
  await plain.give(BENCHES, 20);
  await plain.check();
  await plain.confirm();
  await plain.assertReceipt(1);
});

/** Goes on by the Tab key to what is wanted, as far as the page reaches. */
async function tabTo(wanted: Locator) {
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
