// The officer at work over HTTP: the same forms as in the browser, for journeys that are about something else.

import type { Demo } from './demo';

/** Where a cycle may be brought; each of these includes the steps before it. */
export type Phase = 'empty' | 'draft' | 'open' | 'closed' | 'counted' | 'published';

export type MadeCycle = { slug: string; public: string; desk: string; codes: string[] };

const STEPS: [Phase, string][] = [
  ['open', 'open'],
  ['closed', 'close'],
  ['counted', 'count'],
  ['published', 'publish'],
];

export class Office {
  private made = 0;
  private spare: string[] = [];

  private constructor(
    private readonly demo: Demo,
    readonly session: string,
  ) {}

  static async signIn(demo: Demo): Promise<Office> {
    const answer = await post(`${demo.url}/office/enter`, form({ mail: demo.mail, password: demo.password }));
    return new Office(demo, cookie(answer, 'officer'));
  }

  /** An address that no other cycle of this town has. */
  slug(): string {
    this.made += 1;
    return `essai-${this.made}`;
  }

  /** The code of a citizen who has not voted in this year's cycle. */
  async freshCode(): Promise<string> {
    if (this.spare.length === 0) {
      this.made += 1;
      this.spare = await this.importRoll('2026', 20);
    }
    return this.spare.pop()!;
  }

  /** A cycle with two projects and a roll of four, one of whom votes once it is open. */
  async cycle(phase: Phase, slug = this.slug()): Promise<MadeCycle> {
    const town = this.demo.town;
    const desk = `/office/${town}/${slug}`;
    const cycle: MadeCycle = { slug, public: `/${town}/${slug}`, desk, codes: [] };
    await this.post(`/office/${town}/new`, form({
      'title.fr': `Le cycle ${slug}`, 'title.en': `The cycle ${slug}`, slug, envelope: '20', step: '1',
      min_projects: '1', min_supporters: '0', purse: 'ballots', rule: 'direct', closes_date: '2099-06-14',
      closes_time: '23:59',
    }));
    if (phase === 'empty') return cycle;
    for (const [title, floor, ceiling] of [['Un banc', '5', '15'], ['Un pont', '100', '100']]) {
      await this.post(`${desk}/projects/new`, form({ 'title.fr': title, 'summary.fr': 'Pour toute la ville.', floor, ceiling }));
    }
    cycle.codes = await this.importRoll(slug, 4);
    for (const [reached, step] of STEPS) {
      if (phase === 'draft') break;
      await this.post(`${desk}/${step}`, form({}));
      if (reached === 'open') await this.vote(cycle, { 'amount.un-banc': '12', 'amount.un-pont': '3' });
      if (reached === phase) break;
    }
    return cycle;
  }

  /** The first citizen of the roll votes. */
  private async vote(cycle: MadeCycle, amounts: Record<string, string>) {
    const { url } = this.demo;
    const code = cycle.codes.shift()!;
    const session = `citizen=${cookie(await post(`${url}/enter`, form({ code })), 'citizen')}`;
    const sent = await post(`${url}${cycle.public}/ballot`, form(amounts), session);
    const waiting = `${session}; choices=${cookie(sent, 'choices')}`;
    const check = await fetch(`${url}${cycle.public}/ballot/check`, { headers: { cookie: waiting } });
    const submission = /name="submission" value="([0-9a-f]{64})"/.exec(await check.text())?.[1] ?? '';
    await post(`${url}${cycle.public}/ballot/confirm`, form({ ...amounts, submission, confirm: 'yes' }), session);
  }

  /** Somebody's letter did not come; where the answer will be. */
  async claim(cycle: { public: string }): Promise<string> {
    this.made += 1;
    const fields = { kind: 'letter', name: `Amina Benali ${this.made}`, reach: '5 rue du Moulin', note: '' };
    const answer = await this.post(`${cycle.public}/claim`, form(fields));
    return answer.headers.get('location')!;
  }

  /** An officer grants it. */
  async grant(claim: string) {
    const number = claim.split('/').pop();
    const fields = { [`settlement-${number}`]: 'granted', [`answer-${number}`]: 'Votre lettre est au guichet.' };
    await this.post(`/office${claim.replace('/claim/', '/claims/')}`, form(fields));
  }

  private async importRoll(slug: string, people: number): Promise<string[]> {
    const rows = Array.from({ length: people }, (_, place) => `R-${this.made}-${place};La Gare\n`);
    const upload = new FormData();
    upload.set('file', new Blob(['reference;district\n', ...rows]), 'liste.csv');
    const answer = await this.post(`/office/${this.demo.town}/${slug}/roll`, upload);
    const lines = (await answer.text()).trim().split('\r\n').slice(1);
    return lines.map((line) => line.split(',')[1]);
  }

  private post(path: string, body: URLSearchParams | FormData) {
    return post(`${this.demo.url}${path}`, body, `officer=${this.session}`);
  }
}

function form(fields: Record<string, string>): URLSearchParams {
  return new URLSearchParams(fields);
}

async function post(url: string, body: URLSearchParams | FormData, session = ''): Promise<Response> {
  const answer = await fetch(url, { method: 'POST', body, headers: { cookie: session }, redirect: 'manual' });
  if (answer.status !== 200 && answer.status !== 303) {
    throw new Error(`${answer.status} for POST ${url}:\n${await answer.text()}`);
  }
  return answer;
}

function cookie(answer: Response, name: string): string {
  const found = answer.headers.getSetCookie().find((line) => line.startsWith(`${name}=`));
  if (!found) throw new Error(`no cookie "${name}" from ${answer.url}`);
  return found.slice(name.length + 1).split(';')[0];
}
