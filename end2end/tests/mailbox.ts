// The mails that the demo wrote into its folder, as a reader of them sees them.

import { expect } from '@playwright/test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo } from './demo';

/** The path of the address in the newest mail to somebody that begins so. */
export async function linkIn(demo: Demo, to: string, starts: string): Promise<string> {
  let found = '';
  await expect(async () => {
    for (const file of await readdir(demo.mails)) {
      const mail = await readFile(join(demo.mails, file), 'utf8');
      if (!mail.includes(`To: ${to}\r\n`)) continue;
      const words = decoded(mail).split(/\s+/);
      found = words.find((word) => word.startsWith(`${demo.url}${starts}`)) ?? found;
    }
    expect(found, `a mail to ${to}`).not.toBe('');
  }).toPass();
  return found.slice(demo.url.length);
}

/** Quoted-printable, as far as addresses need it. */
function decoded(mail: string): string {
  return mail.replaceAll('=\r\n', '').replaceAll('=3D', '=');
}

const PASSWORD = 'quatre mots sans lien';

/** Makes an account by the fields' ids, because these are the same in every language. */
export async function makeAccount(page: import('@playwright/test').Page, demo: Demo, mail: string) {
  await page.goto('/account/link');
  await page.locator('#mail').fill(mail);
  await page.locator('#mail').press('Enter');
  await expect(page).toHaveURL('/account/link/sent');
  await page.goto(await linkIn(demo, mail, '/account/password'));
  await page.locator('#password').fill(PASSWORD);
  await page.locator('#password').press('Enter');
  await expect(page).toHaveURL('/account?saved');
}
