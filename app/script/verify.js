// The recount in the page /verify: fetches an archive or takes one from the disk, has a worker verify it, and says what was
// found. It holds no words (the page brings them) and no rule (the worker's wasm has them), and sends nothing.

const section = document.getElementById('recount');
const { language, words, money } = JSON.parse(section.dataset.words);
const part = (name) => section.querySelector(`[data-part="${name}"]`);
const [start, file, progress, status, files] = ['start', 'file', 'progress', 'status', 'files'].map(part);
const bar = progress.firstElementChild;
/** So many findings of a file are shown at once. */
const SHOWN = 5;
let busy = false;

part('needs').hidden = true;
part('ways').hidden = false;
start.addEventListener('click', () => recount(download));
file.addEventListener('change', () => {
  const [chosen] = file.files;
  if (chosen) recount(() => read(chosen));
});

async function recount(load) {
  if (busy) return;
  busy = true;
  start.setAttribute('aria-disabled', 'true');
  section.setAttribute('aria-busy', 'true');
  files.hidden = true;
  files.replaceChildren();
  progress.hidden = false;
  try {
    const archive = await load();
    bar.removeAttribute('value');
    tell('', words.loading);
    const from = performance.now();
    const report = await verify(archive);
    show(report, performance.now() - from);
  } catch (error) {
    tell('warning', fill(words.failed, { detail: error.message }));
  }
  progress.hidden = true;
  start.removeAttribute('aria-disabled');
  section.removeAttribute('aria-busy');
  // So that the same file can be chosen again after it was changed.
  file.value = '';
  busy = false;
}

function read(chosen) {
  bar.removeAttribute('value');
  tell('', words.reading);
  return chosen.arrayBuffer();
}

async function download() {
  const total = Number(section.dataset.bytes);
  const kilobytes = (bytes) => Math.ceil(bytes / 1000);
  const say = (got) => tell('', fill(words.downloading, { got: kilobytes(got), all: kilobytes(total) }));
  bar.value = 0;
  say(0);
  const answer = await fetch(section.dataset.bundle);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const chunks = [];
  let got = 0;
  let told = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    got += value.length;
    const percent = Math.min(100, Math.round((100 * got) / total));
    bar.value = percent;
    // Said aloud, so not too often.
    if (percent < told + 10) continue;
    told = percent;
    say(Math.min(got, total));
  }
  return new Blob(chunks).arrayBuffer();
}

function verify(archive) {
  const worker = new Worker(new URL('verify-worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if ('report' in data) resolve(data.report);
      else if ('failed' in data) reject(new Error(data.failed));
      else tell('', words.counting);
    };
    worker.onerror = (event) => reject(new Error(event.message ?? ''));
    const { published } = section.dataset;
    worker.postMessage({ archive: new Uint8Array(archive), published }, [archive]);
  }).finally(() => worker.terminate());
}

function show(report, took) {
  if (report.unzip) return tell('danger', words[report.unzip]);
  const wrong = report.files.filter(({ findings }) => findings.length).length;
  const clean = { match: 'match', 'not-published': 'not-published' }[report.recount];
  const name = report.recount === 'mismatch' || report.recount === 'impossible' ? report.recount : wrong ? `${clean}-else` : clean;
  const numbers = { ballots: report.ballots ?? 0, files: report.files.length, wrong };
  const seconds = (took / 1000).toLocaleString(tag(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  // Whatever it agrees with, what is not published here is no success.
  const kind = !report.matches ? 'danger' : report.origin.is === 'other' ? 'warning' : 'success';
  tell(kind, fill(words[name], numbers), origin(report.origin), fill(words.took, { seconds }));
  section.dataset.took = String(Math.round(took));
  // What the count rests on comes first, where it differs: the rest may only follow from it.
  const rank = ({ findings, checked }) => (findings.length === 0 ? 2 : checked === 'counted' ? 0 : 1);
  const sorted = report.files.toSorted((one, other) => rank(one) - rank(other));
  files.replaceChildren(...sorted.map((one) => about(one, report)));
  files.hidden = false;
}

/** Which of the published versions it is, or that it is none of them. */
function origin({ is, version }) {
  const { results } = section.dataset;
  return fill(words[is], { version, address: apart(version ? `${results}/v${version}` : results) });
}

function about({ path, checked, findings }, report) {
  const name = element('code', path, { dir: 'ltr' });
  const verdict = element('strong', words[`verdict-${findings.length ? 'wrong' : checked}`]);
  const how = element('span', words[`how-${checked}`], { class: 'meta' });
  const head = element('p', '', { class: 'verify__file' });
  head.append(verdict, ' ', name, ' ', how);
  // Only what was held against something is ticked off.
  const isHeld = /counted|compared/.test(checked);
  const item = element('li', '', { class: findings.length ? 'verify__wrong' : isHeld ? 'verify__ok' : 'verify__told' });
  item.append(head);
  if (findings.length) item.append(...sentences(findings, report));
  return item;
}

/** The first findings of a file, and the others to be opened. */
function sentences(findings, report) {
  const list = (some) => {
    const made = element('ul', '');
    made.append(...some.map((finding) => element('li', sentence(finding, report))));
    return made;
  };
  const [first, rest] = [findings.slice(0, SHOWN), findings.slice(SHOWN)];
  if (rest.length === 0) return [list(first)];
  const more = element('details', '', { class: 'details' });
  more.append(element('summary', fill(words['finding-more'], { more: rest.length })), list(rest));
  return [list(first), more];
}

/** The sentence for a finding, as the program's own text has it. */
function sentence(finding, { titles }) {
  const title = (project) => apart(titles[project] || project);
  const line = (words) => (finding.line == null ? '' : fill(words, { line: finding.line }));
  const lines = (all) => all.map((one) => `${title(one.project)} ${amount(one.amount_minor)}`).join(', ') || words.nothing;
  const isMoney = /_minor$|^(budget|cost)$/.test(finding.column ?? '');
  const cell = (value) => (value === '' ? words.nothing : isMoney && /^-?\d+$/.test(value) ? amount(value) : apart(value));
  const places = {
    at: () => line(words['at-line']),
    where: () => line(words['where-line']) + (finding.project == null ? '' : `${title(finding.project)}, `),
    of: () => words[`sum-${finding.of}`],
    project: () => title(finding.project),
    here: () => lines(finding.here),
    there: () => lines(finding.there),
    published: () => cell(finding.published),
    expected: () => cell(finding.expected),
  };
  const of = (name) => {
    if (places[name]) return places[name]();
    const value = finding[name];
    const isSum = /^(parts|sum)$/.test(name) && /^(funded|purse|given)$/.test(finding.of);
    if (name.endsWith('_minor') || isSum) return amount(value);
    return typeof value === 'string' ? apart(value) : value;
  };
  const template = words[finding.refusal ? `law-${finding.refusal}` : `finding-${finding.finding}`];
  return template.replace(/\{(\w+)\}/g, (_, name) => number(of(name)));
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => number(values[name]));
}

function number(value) {
  return typeof value === 'number' ? digits(String(value)) : value;
}

function digits(text) {
  return text.replace(/\B(?=(\d{3})+$)/g, money.group);
}

/** An amount of minor units, as the page writes it. */
function amount(minor) {
  const text = String(minor);
  const below = text.startsWith('-');
  const all = text.replace('-', '').padStart(3, '0');
  const written = digits(all.slice(0, -2)) + money.decimal + all.slice(-2);
  return (below ? money.before_negative : money.before) + written + money.after;
}

/** A stranger's text within a sentence of another direction. */
function apart(text) {
  return language === 'ar' ? `\u2068${text}\u2069` : text;
}

/** Arabic with the digits that the page has. */
function tag() {
  return language === 'ar' ? 'ar-MA' : language;
}

function tell(kind, ...sentences) {
  const paragraphs = sentences.map((text, at) => element('p', text, at === 2 ? { class: 'meta' } : {}));
  status.className = kind ? `verify__status alert alert--${kind}` : 'verify__status';
  status.replaceChildren(...paragraphs);
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
