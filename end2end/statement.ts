// Writes what the accessibility statement of the site tells (docs/accessibility.json): which pages axe looked at, how,
// with which programs, and what it found. Made anew, with everything looked at, by
//   ECOT_ALL=1 ECOT_STATEMENT=../docs/accessibility.json npx playwright test axe --project script

import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

type Looked = { name: string; path: string; look: string; faults: number };
type Tested = { path: string; looks: string[]; faults: number };

/** The version of a package of ours. */
const version = (name: string): string => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;

/** What is made up anew for each test has no place in a file that is compared. */
const plain = (path: string) =>
  path.replace(/essai-\d+/, 'essai').replace(/[0-9A-Z]{4}(-[0-9A-Z]{4}){2}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'number');

export default class Statement implements Reporter {
  private readonly pages = new Map<string, Tested>();

  constructor(private readonly options: { file: string }) {}

  onTestEnd(_: TestCase, result: TestResult) {
    for (const { type, description } of result.annotations) {
      if (type !== 'looked at') continue;
      const { name, path, look, faults }: Looked = JSON.parse(description!);
      const page = this.pages.get(name) ?? { path: plain(path), looks: [], faults: 0 };
      this.pages.set(name, { ...page, looks: [...page.looks, look].sort(), faults: page.faults + faults });
    }
  }

  onEnd() {
    const browser = execFileSync(process.env.CHROMIUM ?? 'chromium', ['--version'], { encoding: 'utf8' });
    const statement = {
      day: new Date().toISOString().slice(0, 10),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
      tools: [
        `axe-core ${version('axe-core')}`,
        `Playwright ${version('@playwright/test')}`,
        browser.split(' ').slice(0, 2).join(' '),
      ],
      pages: [...this.pages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, page]) => ({ name, ...page })),
    };
    writeFileSync(this.options.file, `${JSON.stringify(statement, null, 2)}\n`);
  }
}
