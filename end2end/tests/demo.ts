// A demo town for each worker, and the fixtures that every journey starts from.

import { type BrowserContext, test as base, type Page } from '@playwright/test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Booth } from './booth';
import { Office } from './office';
import { Watch } from './watch';

export { expect } from '@playwright/test';

/** What `ecot demo` writes to its `demo.json`, where it answers, and the folder into which it puts mails. */
export type Demo = { url: string; town: string; codes: string[]; mail: string; password: string; mails: string };

type WorkerFixtures = {
  demo: Demo;
  /** The officer at work over HTTP, for what a journey needs and is not about. */
  office: Office;
};

type Fixtures = {
  /** Fails the test when a page it visited complained, or asked anybody but the server under test. */
  watch: Watch;
  /** The steps of a citizen, on the test's page. */
  booth: Booth;
  /** A page in somebody else's browser. */
  someoneElse: () => Promise<Page>;
};

const START_MS = 60_000;
const STOP_MS = 15_000;

export const test = base.extend<Fixtures, WorkerFixtures>({
  demo: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'ecot-journeys-'));
      const server = await Server.start(join(folder, 'demo'));
      try {
        await use(await server.demo());
      } finally {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: START_MS + STOP_MS },
  ],
  office: [async ({ demo }, use) => use(await Office.signIn(demo)), { scope: 'worker' }],
  baseURL: ({ demo }, use) => use(demo.url),
  watch: [
    async ({ context, demo, javaScriptEnabled }, use) => {
      const watch = new Watch(demo.url, javaScriptEnabled);
      watch.over(context);
      await use(watch);
      watch.assertQuiet();
    },
    { auto: true },
  ],
  booth: ({ page, javaScriptEnabled }, use) => use(new Booth(page, javaScriptEnabled)),
  someoneElse: async ({ browser, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      watch.over(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

/** `ecot demo`, as a stranger would start it. */
class Server {
  private said = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly url: string,
    private readonly folder: string,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk) => (this.said += chunk));
    }
  }

  static async start(folder: string): Promise<Server> {
    const program = process.env.ECOT_BIN ?? '../target/debug/ecot';
    const addr = `127.0.0.1:${await freePort()}`;
    const child = spawn(program, ['demo', '--fresh', '--addr', addr, '--folder', folder]);
    const server = new Server(child, `http://${addr}`, folder);
    // A worker that ends early must not leave its server behind.
    process.once('exit', () => child.kill());
    await server.ready();
    return server;
  }

  async demo(): Promise<Demo> {
    const secrets = JSON.parse(await readFile(join(this.folder, 'demo.json'), 'utf8'));
    return { url: this.url, mails: join(this.folder, 'mail'), ...secrets };
  }

  private async ready() {
    const until = Date.now() + START_MS;
    while (Date.now() < until && this.process.exitCode === null) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await delay(50);
    }
    this.process.kill('SIGKILL');
    throw new Error(`ecot demo did not start:\n${this.said}`);
  }

  /** By SIGTERM, which it must obey by itself; neither then nor before may it have logged an error. */
  async stop() {
    const ended = this.process.exitCode === null ? once(this.process, 'exit') : Promise.resolve();
    this.process.kill('SIGTERM');
    await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    if (this.process.exitCode !== 0 || /ERROR|panicked/.test(this.said)) {
      this.process.kill('SIGKILL');
      throw new Error(`ecot demo ended badly (${this.process.exitCode ?? this.process.signalCode}):\n${this.said}`);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
