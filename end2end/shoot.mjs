import { chromium } from 'playwright-core';
// node shoot.mjs out url width lang scheme [selector] [forced]
const [out, url, width, lang, scheme, selector, forced] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: +width, height: 900 }, locale: lang, colorScheme: scheme, forcedColors: forced ? 'active' : 'none' });
const page = await context.newPage();
await page.goto(url);
if (process.env.OPEN) for (const d of await page.locator('details').all()) await d.evaluate((e) => (e.open = true));
const over = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
if (over[0] > over[1]) console.log('OVERFLOW', over, await page.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-scroll')).slice(0, 5).map((e) => e.tagName + '.' + e.getAttribute('class'))));
if (selector && selector !== '-') await page.locator(selector).first().screenshot({ path: out });
else await page.screenshot({ path: out, fullPage: true });
await browser.close();
