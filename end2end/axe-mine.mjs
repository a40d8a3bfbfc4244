import { chromium } from 'playwright-core';
import AxeBuilder from '@axe-core/playwright';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const path of process.argv.slice(2)) for (const lang of ['fr', 'en', 'ar']) for (const scheme of ['light', 'dark']) {
  const context = await browser.newContext({ viewport: { width: scheme === 'dark' ? 390 : 1280, height: 900 }, locale: lang, colorScheme: scheme });
  const page = await context.newPage();
  await page.goto(path);
  for (const d of await page.locator('details').all()) await d.evaluate((e) => (e.open = true));
  const { violations } = await new AxeBuilder.default({ page }).analyze().catch(async () => new AxeBuilder({ page }).analyze());
  console.log(path, lang, scheme, violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.target + ' ' + n.failureSummary.slice(0, 200)).join(' | ')}`));
  await context.close();
}
await browser.close();
