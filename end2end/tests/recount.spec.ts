// The count in wasm gives the bytes that it gives natively, for every rule: what a browser recounts is what the town counted.

import { expect, test } from '@playwright/test';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '../..');
const ecot = process.env.ECOT_BIN ?? join(root, 'target/debug/ecot');
const run = promisify(execFile);

const RULES = [
  'direct', 'greedy', 'greedy:order=ratio', 'transfer', 'transfer:order=excess,end=fill',
  'transfer:move=minimal,end=fill', 'equal-shares', 'equal-shares:utility=cardinal-cost,completion=add1u',
  'phragmen', 'cube-root',
];

/** The module as the site serves it; here its name must say that it is one. */
async function load(folder: string): Promise<(file: Uint8Array, sheet: string) => string> {
  const pkg = join(root, 'target/site/pkg');
  const script = join(folder, 'recount.mjs');
  await copyFile(join(pkg, 'recount.js'), script);
  const module = await import(pathToFileURL(script).href);
  await module.default({ module_or_path: await readFile(join(pkg, 'recount_bg.wasm')) });
  return module.recount;
}

/** A small town with a tie, a project that nobody wants, and prices with cents. */
function small(): string {
  const votes = ['1,2;5,3', '2;8', '3,1;4,4', '2,3;4,4', '1;8', '3,2,1;2,3,3'];
  return [
    'META', 'key;value', 'description;Small', 'country;France', 'unit;Laudry', 'instance;2026', 'num_projects;4',
    `num_votes;${votes.length}`, 'budget;1000', 'vote_type;cumulative', 'rule;unknown', 'date_begin;2026',
    'date_end;2026', 'max_sum_points;8', 'PROJECTS', 'project_id;cost', '1;333.33', '2;400', '3;333.33', '4;10', 'VOTES',
    'voter_id;vote;points', ...votes.map((vote, voter) => `${voter + 1};${vote}`),
  ].join('\n');
}

async function files(folder: string): Promise<string[]> {
  const own = join(folder, 'small.pb');
  await writeFile(own, small());
  const data = join(process.env.ECOT_DATA ?? join(root, '../shared/data'), 'pabulib');
  if (!existsSync(data)) {
    console.log(`skipped: no real elections in ${data}; set ECOT_DATA to their folder`);
    return [own];
  }
  const real = (await readdir(data)).filter((name) => /Toulouse|Gdansk|Zurich|Katowice_2022\.pb/.test(name));
  return [own, ...real.map((name) => join(data, name))];
}

test('wasm and native agree byte for byte', async () => {
  test.setTimeout(300_000);
  const folder = await mkdtemp(join(tmpdir(), 'ecot-recount-'));
  try {
    const recount = await load(folder);
    for (const file of await files(folder)) {
      const bytes = await readFile(file);
      for (const rule of RULES) {
        const out = join(folder, 'out');
        await run(ecot, ['count', file, '--lenient', '--rule', rule, '--json', '--out', out], { maxBuffer: 1 << 28 });
        const native = await readFile(join(out, 'outcome.json'), 'utf8');
        const sheet = await readFile(join(out, 'rule_sheet.json'), 'utf8');
        expect(recount(bytes, sheet) === native, `${file} ${rule}`).toBe(true);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
