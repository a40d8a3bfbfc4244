// What must hold on every page that any journey visits: nothing breaks, nothing is fetched from elsewhere, and the
// security headers are there.

import { type BrowserContext, expect, type Response } from '@playwright/test';

const HEADERS = {
  'content-security-policy': /^default-src 'none'; script-src 'self' 'nonce-[0-9a-f]{32}' 'wasm-unsafe-eval'; style-src 'self';/,
  'cross-origin-opener-policy': /^same-origin$/,
  'permissions-policy': /geolocation=\(\)/,
  'referrer-policy': /^same-origin$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
};

export class Watch {
  private readonly complaints: string[] = [];
  private readonly expected: RegExp[];
  private readonly nonces = new Set<string>();

  constructor(
    private readonly origin: string,
    script: boolean,
  ) {
    // A browser without script blocks the scripts that a page asks it to load ahead, and says so.
    this.expected = script ? [] : [/^failed: .*\.js csp$/, /^console: .*\.wasm was preloaded .* but not used/];
  }

  /** A complaint that the journey itself provokes. */
  expect(complaint: RegExp) {
    this.expected.push(complaint);
  }

  over(context: BrowserContext) {
    context.on('console', (message) => {
      // The browser also notes each refusal's status here; `answered` knows which of them were pages.
      const status = message.text().startsWith('Failed to load resource: the server responded with a status of');
      if (['error', 'warning'].includes(message.type()) && !status) this.complain(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => this.complain(`script: ${error.error().message}`));
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.origin}/`) && !/^(data|blob|about):/.test(url)) this.complain(`elsewhere: ${url}`);
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A picture still on its way when the visitor leaves, or a page that turned out to be a download.
      if (why !== 'net::ERR_ABORTED') this.complain(`failed: ${request.url()} ${why}`);
    });
    context.on('response', (response) => this.answered(response));
  }

  assertQuiet() {
    expect(this.complaints, 'what the browser complained of').toEqual([]);
  }

  private answered(response: Response) {
    const request = response.request();
    const isPage = request.resourceType() === 'document';
    const what = `${request.method()} ${response.url()}`;
    // Pages may refuse (404, 409, 422), though never break; what pages are made of must be there.
    if (response.status() >= (isPage ? 500 : 400)) this.complain(`${response.status()}: ${what}`);
    if (!isPage || !response.url().startsWith(`${this.origin}/`)) return;
    const headers = response.headers();
    // Others may frame a chart, and it has no script that could have a nonce.
    if (new URL(response.url()).pathname.startsWith('/embed/')) return;
    for (const [name, wanted] of Object.entries(HEADERS)) {
      if (!wanted.test(headers[name] ?? '')) this.complain(`header ${name}: "${headers[name]}" of ${what}`);
    }
    const nonce = /'nonce-(\w+)'/.exec(headers['content-security-policy'] ?? '')?.[1] ?? '';
    if (this.nonces.has(nonce)) this.complain(`the nonce ${nonce} was used before: ${what}`);
    this.nonces.add(nonce);
  }

  private complain(complaint: string) {
    if (!this.expected.some((expected) => expected.test(complaint))) this.complaints.push(complaint);
  }
}
