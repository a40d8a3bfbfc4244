import { chromium } from '@playwright/test';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] });
for (const [w,h] of [[390,844],[1280,900]]) {
  const c = await b.newContext({ viewport: {width:w,height:h}, locale:'fr-FR' });
  const p = await c.newPage();
  await p.goto(process.argv[2] ?? 'http://127.0.0.1:4177/aulnerive/2025/results');
  console.log(w, await p.evaluate(() => document.documentElement.scrollWidth));
  await p.locator('.bars > li').nth(7).scrollIntoViewIfNeeded();
  await p.screenshot({ path: `/tmp/shot-${w}.png` });
  await p.locator('.bars > li').nth(10).scrollIntoViewIfNeeded();
  await p.screenshot({ path: `/tmp/shotb-${w}.png` });
}
await b.close();
