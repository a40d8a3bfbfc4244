// The steps of a citizen, as they read them on the page.

import { expect, type Locator, type Page } from '@playwright/test';

/** This year's cycle of the demo town. */
export const CYCLE = '/aulnerive/2026';
export const BALLOT = `${CYCLE}/ballot`;

/** Four of its projects, in the order of the ballot. */
export const BENCHES = 'Six bancs sous les tilleuls du quai';
export const BOOKS = 'La Bibliocyclette, des livres qui viennent à vous';
export const CLOCK = 'Remettre la grande horloge de la gare à l’heure';
export const TOOLS = 'Une outilthèque à la halle aux marchandises';

export class Booth {
  readonly purse: Locator;
  readonly status: Locator;
  readonly errors: Locator;

  constructor(
    readonly page: Page,
    readonly script: boolean,
  ) {
    this.purse = page.getByRole('complementary', { name: 'Votre enveloppe' });
    this.status = this.purse.getByRole('status');
    this.errors = page.getByRole('alert');
  }

  get code() {
    return this.page.getByRole('textbox', { name: 'Quel est le code de votre lettre ?' });
  }

  amount(title: string) {
    return this.page.getByRole('textbox', { name: `Montant pour ${title}`, exact: true });
  }

  more(title: string) {
    return this.page.getByRole('button', { name: `Plus pour ${title}`, exact: true });
  }

  less(title: string) {
    return this.page.getByRole('button', { name: `Moins pour ${title}`, exact: true });
  }

  async enter(code: string) {
    await this.page.goto('/enter');
    await this.tryCode(code);
    await expect(this.page).toHaveURL(/\/ballot$/);
  }

  async tryCode(code: string) {
    await this.code.fill(code);
    await this.page.getByRole('button', { name: 'Continuer' }).click();
  }

  /** So many coins more: where there is a script, the last two of them by the button. */
  async give(title: string, coins: number) {
    const pressed = this.script ? Math.min(coins, 2) : 0;
    const before = Number(await this.amount(title).inputValue());
    if (coins > pressed) await this.amount(title).fill(String(before + coins - pressed));
    for (let coin = 0; coin < pressed; coin += 1) await this.more(title).click();
  }

  async check() {
    await this.page.getByRole('button', { name: 'Vérifier mon choix' }).click();
  }

  async confirm() {
    await this.page.getByRole('button', { name: 'Confirmer et voter' }).click();
  }

  /** What "check your choices" lists, as text of each line. */
  get choices() {
    return this.page.getByRole('main').locator('dl > div');
  }

  /** That these lines are among them, wherever: projects stand in an order that is drawn. */
  async assertChosen(...lines: RegExp[]) {
    for (const line of lines) await expect(this.choices.filter({ hasText: line })).toHaveCount(1);
  }

  /** The receipt of this version, at this minute or the one before. */
  async assertReceipt(version: number, cycle = CYCLE) {
    const { page } = this;
    await expect(page).toHaveURL(`${cycle}/mine`);
    await expect(page.getByRole('heading', { level: 1, name: 'Votre bulletin est enregistré' })).toBeVisible();
    const time = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
    const minutes = [0, 60_000].map((ago) => time.format(Date.now() - ago)).join('|');
    const sent = new RegExp(`^Envoyé le \\p{L}+ \\d{1,2}(er)? \\p{L}+ \\d{4} à (${minutes}), version ${version}\\.$`, 'u');
    await expect(page.getByText(sent)).toBeVisible();
    await expect(page.getByRole('heading', { level: 2, name: 'Et maintenant' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 2, name: 'Votre reçu' })).toBeVisible();
  }
}
