import { chromium } from 'playwright-core';
const [out, url, width, lang, scheme, open, sel] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: +width, height: 900 }, locale: lang, colorScheme: scheme });
const page = await context.newPage();
await page.goto(url);
await page.locator(open).first().evaluate((e) => { e.open = true; });
await page.locator(sel).first().screenshot({ path: out });
await browser.close();
