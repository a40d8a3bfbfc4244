import { defineConfig } from '@playwright/test';

// `cargo xtask test` names the browser and, to count, the file of the report; without them this is
// `npx playwright test` by hand.
const report = process.env.PLAYWRIGHT_JSON_OUTPUT_FILE;

// Where the accessibility statement's figures go, when all is looked at to make them anew.
const statement = process.env.ECOT_STATEMENT;

// The browser is Debian's own, and must talk to nobody but the server under test.
const chromium = {
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ],
};

export default defineConfig({
  testDir: './tests',
  workers: 2,
  // Each worker has a demo town of its own, and no test counts on another.
  fullyParallel: true,
  // For machines that do other things besides; what passes does not wait.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // A test that passes at the second try hides a fault.
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [
    ['list'],
    ...(report ? [['json', { outputFile: report }] as const] : []),
    ...(statement ? [['./statement.ts', { file: statement }] as const] : []),
  ],
  use: {
    launchOptions: chromium,
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    // A trace costs a third of the time; ECOT_TRACE=1 keeps one of each test that fails.
    trace: process.env.ECOT_TRACE === '1' ? 'retain-on-failure' : 'off',
  },
  // Every journey is made twice: an island adds comfort, never a capability.
  projects: [
    { name: 'script', use: { javaScriptEnabled: true } },
    // The island, the recount and axe are scripts, and sizes do not depend on who reads.
    { name: 'plain', use: { javaScriptEnabled: false }, testIgnore: /(aria|axe|island|recount|sizes|statement|verify)\.spec\.ts/ },
  ],
});
