// `cargo xtask bench pages`: measures, with the browser and the fixtures of the journeys, and fails nothing by time.

import { defineConfig } from '@playwright/test';
import base from './playwright.config';

export default defineConfig({
  ...base,
  testDir: './bench',
  workers: 1,
  timeout: 15 * 60_000,
  reporter: 'line',
  projects: [{ name: 'script', use: { javaScriptEnabled: true, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 } }],
});
