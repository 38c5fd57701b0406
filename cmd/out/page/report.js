'use strict';
/* The report: filters, figures, charts, tables and the case panel over the data in the page. */
const DATA = JSON.parse(document.getElementById('data').textContent);
const BLOCK = DATA.block;
let language = DATA.language;

function own(object, key) { return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined; }
function t(english) {
  if (language === 'zh') return own(DATA.zh, english) || english;
  return /^[a-z]+(-[a-z]+)+$/.test(english) ? english.replace(/-/g, ' ') : english;
}
function both(zh, en) { return language === 'zh' ? zh || en : en || zh; }

/* An element; texts become text nodes, never markup. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else if (name === 'hidden' || name === 'colSpan' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const two = (n) => String(n).padStart(2, '0');
function moment(seconds) { return new Date((seconds + DATA.offset) * 1000); }
const days = new Map(); /* by day number: many cases share one */
function day(seconds) {
  if (seconds === null) return '';
  const key = Math.floor((seconds + DATA.offset) / 86400);
  if (!days.has(key)) days.set(key, moment(seconds).toISOString().slice(0, 10));
  return days.get(key);
}
function clock(seconds) {
  if (seconds === null) return '';
  const d = moment(seconds);
  return `${d.toISOString().slice(0, 10)} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}
function number(value, decimals) { return value === null || value === undefined ? '' : value.toFixed(decimals); }
function percent(value) { return value === null ? '' : `${Math.round(100 * value)} %`; }

const C = DATA.cases, N = C.id.length;
const word = (list, i) => DATA.words[list][C[list][i]];
const overdue = (i) => C.due[i] !== null && C.due[i] < DATA.now;
const filter = {verdicts: new Set(DATA.verdicts.map((_, v) => v)), district: '', cause: '', from: '', to: '', low: null, high: null, vip: false, overdue: false, text: ''};
let shown = [], map, charts = {}, tables = {}, chosen = -1;

/* ---- filters ---- */
let hay = null;
function matchesText(i, words) {
  if (!hay) hay = new Array(N);
  if (!hay[i]) hay[i] = [C.id[i], C.address[i], word('district', i), C.cell[i], C.site[i], C.plan[i], C.group[i]].join(' ').toLowerCase();
  return words.every((w) => hay[i].includes(w));
}

function select(except) {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean), out = [];
  const district = DATA.words.district.indexOf(filter.district), cause = DATA.words.cause.indexOf(filter.cause);
  const from = filter.from ? Date.parse(filter.from) / 1000 - DATA.offset : -Infinity;
  const to = filter.to ? Date.parse(filter.to) / 1000 - DATA.offset + 86400 : Infinity;
  for (let i = 0; i < N; i++) {
    if (except !== 'verdict' && !filter.verdicts.has(C.v[i])) continue;
    if (filter.district && C.district[i] !== district) continue;
    if (filter.cause && C.cause[i] !== cause) continue;
    if ((filter.from || filter.to) && !(C.reported[i] !== null && C.reported[i] >= from && C.reported[i] < to)) continue;
    if (filter.low !== null && !(C.level[i] !== null && C.level[i] >= filter.low)) continue;
    if (filter.high !== null && !(C.level[i] !== null && C.level[i] < filter.high)) continue;
    if (filter.vip && !C.vip[i]) continue;
    if (filter.overdue && !overdue(i)) continue;
    if (words.length && !matchesText(i, words)) continue;
    out.push(i);
  }
  return out;
}

function apply() {
  shown = select();
  document.getElementById('f-count').textContent = `${shown.length} / ${N}`;
  figures();
  chips();
  map.setShown(shown);
  drawCharts();
  tables.cases.set(shown);
  tables.districts.set(districtRows());
  tables.groups.set(groupRows());
  tables.repeats.set(shown.filter((i) => C.repeat[i]));
}

function chips() {
  const counts = new Array(DATA.verdicts.length).fill(0);
  for (const i of select('verdict')) counts[C.v[i]]++;
  const host = document.getElementById('chips'), focus = document.activeElement && document.activeElement.dataset.v;
  host.replaceChildren(...DATA.verdicts.map((verdict, v) => {
    if (!v && !counts[0]) return null;
    const dot = make('i', {});
    dot.style.background = verdict.colour;
    const chip = make('button', {type: 'button', class: 'chip', 'aria-pressed': String(filter.verdicts.has(v)), 'data-v': String(v)},
      dot, t(verdict.word || 'no verdict'), make('em', {}, String(counts[v])));
    chip.onclick = () => {
      if (filter.verdicts.has(v)) filter.verdicts.delete(v);
      else filter.verdicts.add(v);
      apply();
    };
    return chip;
  }).filter(Boolean));
  if (focus) { const again = host.querySelector(`[data-v="${focus}"]`); if (again) again.focus(); }
}

function options(id, words, all) {
  const list = document.getElementById(id), kept = list.value;
  list.replaceChildren(make('option', {value: ''}, t(all)), ...words.filter(Boolean).slice().sort((a, b) => t(a).localeCompare(t(b)))
    .map((w) => make('option', {value: w}, t(w))));
  list.value = kept;
}

function wireFilters() {
  const on = (id, event, set) => {
    const input = document.getElementById(id);
    input.addEventListener(event, () => { set(input); apply(); });
  };
  const level = (input) => input.value === '' ? null : Number(input.value);
  on('f-district', 'change', (e) => { filter.district = e.value; });
  on('f-cause', 'change', (e) => { filter.cause = e.value; });
  on('f-from', 'change', (e) => { filter.from = e.value; });
  on('f-to', 'change', (e) => { filter.to = e.value; });
  on('f-low', 'input', (e) => { filter.low = level(e); });
  on('f-high', 'input', (e) => { filter.high = level(e); });
  on('f-vip', 'change', (e) => { filter.vip = e.checked; });
  on('f-overdue', 'change', (e) => { filter.overdue = e.checked; });
  on('f-text', 'input', (e) => { filter.text = e.value; });
  document.getElementById('f-reset').onclick = () => {
    Object.assign(filter, {verdicts: new Set(DATA.verdicts.map((_, v) => v)), district: '', cause: '', from: '', to: '', low: null, high: null, vip: false, overdue: false, text: ''});
    for (const input of document.querySelectorAll('#filters input, #filters select')) {
      if (input.type === 'checkbox') input.checked = false;
      else input.value = '';
    }
    apply();
  };
}

/* ---- figures ---- */
function figures() {
  const located = shown.filter((i) => C.lon[i] !== null).length, late = shown.filter(overdue).length;
  const sure = shown.length ? shown.reduce((sum, i) => sum + (C.conf[i] || 0), 0) / shown.length : null;
  const orders = new Set(shown.map((i) => C.order[i]).filter((o) => o !== null));
  const subscribers = Object.values(DATA.subscribers).reduce((a, b) => a + b, 0);
  const list = [
    ['complaints', shown.length],
    ['overdue', late, late > 0],
    ['VIP', shown.filter((i) => C.vip[i]).length],
    ['repeated', shown.filter((i) => C.repeat[i]).length],
    ['in groups', shown.filter((i) => C.group[i]).length],
    ['orders', orders.size],
    ['located', shown.length ? percent(located / shown.length) : ''],
    ['mean confidence', sure === null ? '' : percent(sure)],
  ];
  if (subscribers > 0) list.push(['complaints per 10,000 subscribers', number(1e4 * shown.length / subscribers, 2)]);
  document.getElementById('figures').replaceChildren(...list.map(([name, value, bad]) =>
    make('div', {class: bad ? 'figure bad' : 'figure'}, make('b', {}, String(value)), make('span', {}, t(name)))));
}

/* ---- charts ---- */
function count(list, of) {
  const out = new Map();
  for (const i of list) { const key = of(i); out.set(key, (out.get(key) || 0) + 1); }
  return out;
}

function stacked(list, of, keys) {
  const at = new Map(keys.map((key, k) => [key, k]));
  const sets = DATA.verdicts.map((verdict) => ({label: t(verdict.word || 'no verdict'), backgroundColor: verdict.colour, data: new Array(keys.length).fill(0), stack: 's'}));
  for (const i of list) { const k = at.get(of(i)); if (k !== undefined) sets[C.v[i]].data[k]++; }
  return sets.filter((set) => set.data.some(Boolean));
}

function chart(id, type, data, extra) {
  const canvas = document.getElementById(id), grid = {color: '#e8ecef'}, ticks = {color: '#5b6770'};
  const legend = {display: data.datasets.length > 1, position: 'bottom', labels: {boxWidth: 12, boxHeight: 12, color: '#16242d'}};
  const config = {type, data, options: Object.assign({animation: false, responsive: true, maintainAspectRatio: false,
    plugins: {legend}, scales: {x: {grid, ticks: Object.assign({precision: 0}, ticks), stacked: true}, y: {grid, ticks: Object.assign({precision: 0, autoSkip: !(extra && extra.indexAxis)}, ticks), stacked: true}}}, extra)};
  if (charts[id]) {
    charts[id].data = data;
    charts[id].options = config.options;
    charts[id].update('none');
  } else charts[id] = new Chart(canvas, config);
  const words = data.labels.map((label, k) => `${label}: ${data.datasets.reduce((sum, set) => sum + set.data[k], 0)}`);
  canvas.setAttribute('aria-label', `${canvas.closest('figure').querySelector('figcaption').textContent}. ${words.slice(0, 40).join(', ')}`);
}

function drawCharts() {
  const byVerdict = count(shown, (i) => C.v[i]), verdicts = DATA.verdicts.map((_, v) => v).filter((v) => byVerdict.has(v));
  chart('c-verdict', 'bar', {labels: verdicts.map((v) => t(DATA.verdicts[v].word || 'no verdict')),
    datasets: [{data: verdicts.map((v) => byVerdict.get(v)), backgroundColor: verdicts.map((v) => DATA.verdicts[v].colour), maxBarThickness: 34}]}, {indexAxis: 'y'});
  const causes = [...count(shown, (i) => word('cause', i))].filter((e) => e[0]).sort((a, b) => b[1] - a[1]).slice(0, 12).map((e) => e[0]);
  chart('c-cause', 'bar', {labels: causes.map(t), datasets: stacked(shown, (i) => word('cause', i), causes)}, {indexAxis: 'y'});
  const dates = [...new Set(shown.map((i) => day(C.reported[i])).filter(Boolean))].sort().slice(-62);
  chart('c-day', 'bar', {labels: dates.map((d) => d.slice(5)), datasets: stacked(shown, (i) => day(C.reported[i]), dates)}, {});
  const districts = [...count(shown, (i) => word('district', i))].filter((e) => e[0]).sort((a, b) => b[1] - a[1]).slice(0, 12).map((e) => e[0]);
  chart('c-district', 'bar', {labels: districts, datasets: stacked(shown, (i) => word('district', i), districts)}, {indexAxis: 'y'});
}

/* ---- tables ---- */
function districtRows() {
  const rows = new Map();
  for (const i of shown) {
    const name = word('district', i) || t('not known');
    if (!rows.has(name)) rows.set(name, {name, count: 0, late: 0, v: new Array(DATA.verdicts.length).fill(0)});
    const row = rows.get(name);
    row.count++;
    row.v[C.v[i]]++;
    row.late += overdue(i) ? 1 : 0;
  }
  for (const name of Object.keys(DATA.subscribers)) if (!rows.has(name) && !filter.district) rows.set(name, {name, count: 0, late: 0, v: new Array(DATA.verdicts.length).fill(0)});
  return [...rows.values()].map((row) => Object.assign(row, {subscribers: own(DATA.subscribers, row.name) || null,
    rate: own(DATA.subscribers, row.name) ? 1e4 * row.count / own(DATA.subscribers, row.name) : null}));
}

function groupRows() {
  const rows = new Map();
  for (const i of shown) {
    if (!C.group[i]) continue;
    if (!rows.has(C.group[i])) rows.set(C.group[i], {id: C.group[i], cases: [], first: null, last: null});
    const row = rows.get(C.group[i]), at = C.reported[i];
    row.cases.push(i);
    if (at !== null) { row.first = row.first === null ? at : Math.min(row.first, at); row.last = row.last === null ? at : Math.max(row.last, at); }
  }
  return [...rows.values()].filter((row) => row.cases.length > 1).map((row) => {
    const top = [...count(row.cases, (i) => C.v[i])].sort((a, b) => b[1] - a[1])[0][0];
    return Object.assign(row, {top});
  });
}

function buildTables() {
  const verdict = {title: 'Verdict', text: (i) => t(DATA.verdicts[C.v[i]].word), dot: (i) => DATA.verdicts[C.v[i]].colour};
  tables.cases = new DataTable(document.getElementById('t-cases'), [
    {title: 'Ticket', text: (i) => C.id[i]},
    verdict,
    {title: 'Confidence', text: (i) => percent(C.conf[i]), sort: (i) => C.conf[i], number: true},
    {title: 'Cause', text: (i) => t(word('cause', i))},
    {title: 'District', text: (i) => word('district', i)},
    {title: 'Address', text: (i) => C.address[i], wide: true},
    {title: 'Level dBm', text: (i) => number(C.level[i], 0), sort: (i) => C.level[i], number: true},
    {title: 'Reported', text: (i) => clock(C.reported[i]), sort: (i) => C.reported[i], time: true},
    {title: 'Due', text: (i) => clock(C.due[i]), sort: (i) => C.due[i], time: true, late: overdue},
    {title: 'Order', text: (i) => C.order[i] === null ? '' : DATA.orders[C.order[i]].id},
  ], {open: (i) => open(i, true)});
  tables.orders = new DataTable(document.getElementById('t-orders'), [
    {title: 'Rank', text: (o) => String(o.rank), sort: (o) => o.rank, number: true},
    {title: 'Order', text: (o) => o.id},
    {title: 'Action', text: (o) => t(DATA.kinds[o.kind].label), dot: (o) => DATA.kinds[o.kind].colour},
    {title: 'What to do', text: (o) => both(o.what_zh, o.what_en), wide: true},
    {title: 'District', text: (o) => o.district},
    {title: 'Crew', text: (o) => t(o.crew)},
    {title: 'Tickets', text: (o) => String(o.tickets), sort: (o) => o.tickets, number: true},
    {title: 'VIP', text: (o) => o.vips ? String(o.vips) : '', sort: (o) => o.vips, number: true},
    {title: 'Gain dB', text: (o) => o.gain === null ? '' : `${number(o.gain, 0)} (${number(o.lo, 0)}–${number(o.hi, 0)})`, sort: (o) => o.gain, number: true},
    {title: 'Due', text: (o) => clock(o.due), sort: (o) => o.due, time: true, late: (o) => o.due !== null && o.due < DATA.now},
    {title: 'Priority', noprint: true, text: (o) => number(o.priority, 1), sort: (o) => o.priority, number: true},
    {title: 'Round', noprint: true, text: (o) => t(o.round ? 'this round' : 'later')},
    {title: 'Status', noprint: true, text: (o) => o.status},
    {title: 'Navigate', noprint: true, text: (o) => o.link ? t('map') : '', link: (o) => o.link},
  ], {open: openOrder});
  const share = (v) => ({title: DATA.verdicts[v].word, text: (r) => String(r.v[v]), sort: (r) => r.v[v], number: true});
  tables.districts = new DataTable(document.getElementById('t-districts'), [
    {title: 'District', text: (r) => r.name},
    {title: 'Complaints', text: (r) => String(r.count), sort: (r) => r.count, number: true},
    {title: 'Subscribers', text: (r) => r.subscribers === null ? '' : String(r.subscribers), sort: (r) => r.subscribers, number: true},
    {title: 'per 10,000', text: (r) => number(r.rate, 2), sort: (r) => r.rate, number: true},
    ...[1, 2, 3, 4, 5].map(share),
    {title: 'Overdue', text: (r) => String(r.late), sort: (r) => r.late, number: true, late: (r) => r.late > 0},
  ], {order: {column: 1, down: true}, search: false});
  tables.groups = new DataTable(document.getElementById('t-groups'), [
    {title: 'Group', text: (g) => g.id},
    {title: 'Complaints', text: (g) => String(g.cases.length), sort: (g) => g.cases.length, number: true},
    {title: 'Verdict', text: (g) => t(DATA.verdicts[g.top].word), dot: (g) => DATA.verdicts[g.top].colour},
    {title: 'From', text: (g) => clock(g.first), sort: (g) => g.first, time: true},
    {title: 'To', text: (g) => clock(g.last), sort: (g) => g.last, time: true},
  ], {order: {column: 1, down: true}, search: false, page: 10, open: (g) => open(g.cases[0], true)});
  tables.repeats = new DataTable(document.getElementById('t-repeats'), [
    {title: 'Ticket', text: (i) => C.id[i]},
    {title: 'Repeat of', text: (i) => C.repeat[i]},
    verdict,
    {title: 'Reported', text: (i) => clock(C.reported[i]), sort: (i) => C.reported[i], time: true},
  ], {search: false, page: 10, open: (i) => open(i, true)});
  tables.rejects = new DataTable(document.getElementById('t-rejects'), [
    {title: 'File', text: (r) => r[0]}, {title: 'Line', text: (r) => String(r[1]), sort: (r) => r[1], number: true},
    {title: 'Column', text: (r) => r[2]}, {title: 'Value', text: (r) => r[3]}, {title: 'Reason', text: (r) => r[4], wide: true},
  ], {page: 10});
}

/* ---- the panel ---- */
const blocks = new Map();
async function detail(i) {
  const b = Math.floor(i / BLOCK);
  if (!blocks.has(b)) {
    const raw = atob(document.getElementById('d' + b).textContent), bytes = new Uint8Array(raw.length);
    for (let k = 0; k < raw.length; k++) bytes[k] = raw.charCodeAt(k);
    blocks.set(b, new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json());
  }
  return (await blocks.get(b))[i % BLOCK];
}

function keys(pairs) {
  const list = make('dl', {class: 'keys'});
  for (const [name, value] of pairs) {
    if (value !== '' && value !== null && value !== undefined) list.append(make('dt', {}, t(name)), make('dd', {dir: 'auto'}, value));
  }
  return list;
}

function bars(rows) {
  const host = make('div', {class: 'bars'});
  for (const [label, share, text, colour] of rows) {
    const fill = make('i', {});
    fill.style.width = `${Math.max(0, Math.min(100, 100 * share))}%`;
    fill.style.background = colour;
    host.append(make('span', {}, label), make('span', {class: 'bar'}, fill), make('span', {}, text));
  }
  return host;
}

/* "120° → 205°"; nothing where nothing is to be changed. */
function change(from, to, least) {
  if (to === null || (from !== null && Math.abs(to - from) < least)) return '';
  return from === null ? `${to}°` : `${from}° → ${to}°`;
}

async function open(i, move) {
  chosen = i;
  map.choose(i, move);
  const panel = document.getElementById('panel'), verdict = DATA.verdicts[C.v[i]];
  const badge = make('span', {class: 'badge'}, `${t(verdict.word || 'no verdict')} ${percent(C.conf[i])}`);
  badge.style.background = verdict.dark;
  panel.className = 'card filled';
  let d;
  try { d = await detail(i); } catch (error) {
    panel.replaceChildren(make('h2', {}, C.id[i]), make('p', {}, badge), make('p', {class: 'note'}, t('This browser cannot unpack the details; use a newer one.')));
    return;
  }
  if (chosen !== i) return;
  const order = C.order[i] === null ? null : DATA.orders[C.order[i]];
  const parts = [make('h2', {}, make('span', {dir: 'auto'}, C.id[i])), make('p', {}, badge),
    make('p', {dir: 'auto'}, both(d.rz, d.re)),
    keys([['Cause', t(word('cause', i))], ['Action', t(word('action', i))], ['Cell', C.cell[i]], ['Site', C.site[i]], ['Plan', C.plan[i]],
      ['Level', C.level[i] === null ? '' : `${number(C.level[i], 1)} dBm ± ${number(d.sigma, 1)} dB`],
      ['Expected gain', C.gain[i] === null ? '' : `${number(C.gain[i], 1)} dB`],
      ['Azimuth', change(d.az0, d.az1, 1)],
      ['Downtilt', change(d.ti0, d.ti1, 0.5)],
      ['Position', C.lon[i] === null ? t('not known') : `${C.lon[i].toFixed(5)}, ${C.lat[i].toFixed(5)} ± ${number(C.radius[i], 0)} m (${t(d.method)}${d.match ? ', ' + t(d.match) : ''})`],
      ['Reported', clock(C.reported[i])], ['Occurred', clock(d.occurred)], ['Due', clock(C.due[i]) + (overdue(i) ? ' · ' + t('overdue') : '')],
      ['Customer', [C.vip[i] ? 'VIP' : '', d.customer].filter(Boolean).join(' ')], ['Group', C.group[i]], ['Repeat of', C.repeat[i]],
      ['Flags', d.flags.split(';').filter(Boolean).map(t).join(', ')], ['Order', order ? `#${order.rank} ${order.id}` : '']])];
  parts.push(make('h3', {}, t('Probabilities')), bars(DATA.verdicts.slice(1).map((v, k) => [t(v.word), d.p[k] || 0, percent(d.p[k]), v.colour])));
  if (d.w.length) parts.push(make('h3', {}, t('What if')), bars(d.w.map(([what, object, level, sigma, good]) => [
    [t(what), object].filter(Boolean).join(' '), level === null ? 0 : (level + 130) / 70, `${number(level, 0)} dBm${good === null ? '' : ' · ' + t('good') + ' ' + percent(good)}`, '#0b5a85'])));
  if (d.f.length) parts.push(make('h3', {}, t('Evidence')), make('ul', {class: 'facts'}, ...d.f.map(([kind, zh, en, file, line, weight]) =>
    make('li', {dir: 'auto'}, `${t(kind)}: ${both(zh, en)}`, make('small', {}, [file ? `${file}${line ? ':' + line : ''}` : '',
      weight === null ? '' : `${t('weight')} ${weight > 0 ? '+' : ''}${number(weight, 1)}`].filter(Boolean).join(' · '))))));
  parts.push(make('h3', {}, t('Ticket')), make('div', {class: 'quote', dir: 'auto'}, [d.address, d.symptom, d.description].filter(Boolean).join('\n')));
  const reply = both(d.pz, d.pe);
  if (reply) {
    const copy = make('button', {type: 'button'}, t('Copy reply'));
    copy.onclick = () => navigator.clipboard && navigator.clipboard.writeText(reply);
    parts.push(make('h3', {}, t('Reply')), make('div', {class: 'quote', dir: 'auto'}, reply), make('p', {}, copy));
  }
  panel.replaceChildren(...parts);
  panel.scrollTop = 0;
  if (move && window.innerWidth < 1180) document.getElementById('map').scrollIntoView({block: 'start'});
}

function openOrder(order) {
  const cases = [];
  for (let i = 0; i < N; i++) if (C.order[i] === order.index) cases.push(i);
  if (order.lon !== null) map.map.setView([order.lat, order.lon], Math.max(map.map.getZoom(), 14), {animate: false});
  const panel = document.getElementById('panel'), badge = make('span', {class: 'badge'}, t(DATA.kinds[order.kind].label));
  badge.style.background = DATA.kinds[order.kind].dark;
  panel.className = 'card filled';
  chosen = -1;
  panel.replaceChildren(make('h2', {}, `#${order.rank}`, make('span', {}, order.id)), make('p', {}, badge), make('p', {dir: 'auto'}, both(order.what_zh, order.what_en)),
    keys([['Crew', t(order.crew)], ['Site', [order.site, order.site_name].filter(Boolean).join(' ')], ['Cell', order.cell], ['District', order.district], ['Due', clock(order.due)],
      ['Tickets', String(order.tickets)], ['Customers', String(order.customers)], ['VIP', order.vips ? String(order.vips) : ''],
      ['Gain dB', order.gain === null ? '' : `${number(order.gain, 1)} (${number(order.lo, 1)} – ${number(order.hi, 1)})`],
      ['Priority', `${number(order.priority, 2)} = ${number(order.weight, 2)} × ${number(order.cure, 2)} / ${number(order.days, 2)}`], ['Status', order.status], ['Note', order.note]]),
    make('h3', {}, t('Why')), make('p', {dir: 'auto'}, both(order.why_zh, order.why_en)),
    make('h3', {}, t('Cases')), make('ul', {class: 'facts'}, ...cases.slice(0, 60).map((i) => {
      const button = make('button', {type: 'button'}, C.id[i]);
      button.onclick = () => open(i, true);
      return make('li', {}, button, make('small', {dir: 'auto'}, C.address[i]));
    })));
  document.getElementById('map').scrollIntoView({block: 'nearest'});
}

/* ---- notes, overlay, language ---- */
function notes() {
  const sure = N ? C.conf.reduce((a, b) => a + (b || 0), 0) / N : 0;
  const block = (title, rows) => make('div', {}, make('h3', {}, t(title)), rows);
  const list = (entries) => keys(entries.sort((a, b) => b[1] - a[1]).map(([name, n]) => [name, `${n} (${percent(n / Math.max(1, N))})`]));
  const parts = [block('Accuracy', make('p', {class: 'note'}, `${t('If the probabilities hold, so many verdicts of this run are right:')} ${Math.round(sure * N)} / ${N} (${percent(sure)}).`)),
    block('Where the positions come from', list(DATA.methods)), block('Marks of weaker results', DATA.flags.length ? list(DATA.flags) : make('p', {class: 'note'}, t('none'))),
    block('Inputs', keys(DATA.inputs.map(([file, rows, refused]) => [file, `${rows} ${t('rows')}${refused ? ', ' + refused + ' ' + t('refused') : ''}`])))];
  parts.push(block('Refused rows', make('p', {class: 'note'}, DATA.reject_total ? String(DATA.reject_total) : t('none'))));
  document.getElementById('notes').replaceChildren(...parts);
  document.getElementById('t-rejects').hidden = !DATA.rejects.length;
  tables.rejects.set(DATA.rejects);
  document.getElementById('worklist-note').textContent = [DATA.note_zh, DATA.note_en][language === 'zh' ? 0 : 1];
  document.getElementById('foot').textContent = `covtriage ${DATA.version} · Leaflet, Chart.js`;
}

function legend() {
  const at = document.getElementById('overlay').value, overlay = DATA.overlays.find((o) => o.id === at), host = document.getElementById('legend');
  const entries = overlay ? [['', t(overlay.unit) + ':'], ...overlay.legend] : DATA.verdicts.slice(1).map((v) => [v.colour, t(v.word)]);
  host.replaceChildren(...entries.map(([colour, label]) => {
    const swatch = make('i', {});
    swatch.style.background = colour;
    return make('span', {}, colour ? swatch : '', label);
  }));
  map.setOverlay(overlay);
}

function overlays() {
  const list = document.getElementById('overlay'), kept = list.value;
  list.replaceChildren(make('option', {value: ''}, t('none')), ...DATA.overlays.map((o) => make('option', {value: o.id}, t(o.title))));
  list.value = kept;
}

function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('Complaint triage');
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  document.getElementById('language').textContent = language === 'zh' ? 'English' : '中文';
  document.getElementById('subtitle').textContent = `${N} ${t('complaints')} · ${t('until')} ${clock(DATA.now)}`;
  options('f-district', DATA.words.district, 'all');
  options('f-cause', DATA.words.cause, 'all');
  overlays();
  for (const table of Object.values(tables)) table.body = null;
  tables.orders.set(DATA.orders);
  notes();
  legend();
  apply();
  if (chosen >= 0) open(chosen, false);
  else {
    document.getElementById('panel').className = 'card';
    document.getElementById('panel').replaceChildren(make('p', {class: 'empty'}, t('Choose a case on the map or in a table: its evidence is shown here.')));
  }
}

function start() {
  map = new CaseMap(document.getElementById('map'), DATA, (i) => open(i, false));
  for (const what of ['cases', 'cells', 'orders']) {
    document.getElementById('show-' + what).onchange = (event) => { map.show[what] = event.target.checked; map.layer.reset(); };
  }
  document.getElementById('overlay').onchange = legend;
  document.getElementById('print').onclick = () => window.print();
  document.getElementById('language').onclick = () => { language = language === 'zh' ? 'en' : 'zh'; speak(); };
  window.addEventListener('beforeprint', () => map.paper(true));
  window.addEventListener('afterprint', () => map.paper(false));
  buildTables();
  wireFilters();
  speak();
  document.body.dataset.ready = String(Math.round(performance.now()));
}
start();
