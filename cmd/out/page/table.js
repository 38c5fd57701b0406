'use strict';
/* A table that sorts, searches and pages. Texts go in as text, never as markup.
 * columns: {title, text(row), sort(row), number, wide, dot(row), late(row)}; t translates. */
class DataTable {
  constructor(host, columns, options) {
    this.host = host;
    this.columns = columns;
    this.options = Object.assign({page: 25, search: true}, options);
    this.order = this.options.order || null;
    this.query = '';
    this.at = 0;
    this.rows = [];
  }

  set(rows) {
    this.rows = rows;
    this.at = 0;
    this.render();
  }

  sorted() {
    let rows = this.rows;
    if (this.query) {
      const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
      rows = rows.filter((row) => {
        const hay = this.columns.map((c) => c.text(row)).join(' ').toLowerCase();
        return words.every((word) => hay.includes(word));
      });
    }
    if (!this.order) return rows;
    const column = this.columns[this.order.column], sign = this.order.down ? -1 : 1;
    const key = column.sort || column.text;
    return rows.map((row) => [key(row), row]).sort((a, b) => {
      if (a[0] === b[0]) return 0;
      if (a[0] === null || a[0] === undefined || a[0] === '') return 1;
      if (b[0] === null || b[0] === undefined || b[0] === '') return -1;
      return (a[0] < b[0] ? -1 : 1) * sign;
    }).map((pair) => pair[1]);
  }

  render() {
    const rows = this.sorted(), size = this.options.page;
    const pages = Math.max(1, Math.ceil(rows.length / size));
    this.at = Math.min(this.at, pages - 1);
    if (!this.body) this.frame();
    this.head.replaceChildren(this.headRow());
    this.body.replaceChildren(...rows.slice(this.at * size, (this.at + 1) * size).map((r) => this.row(r)));
    if (!rows.length) {
      const empty = make('td', {class: 'empty', colSpan: this.columns.length}, t('nothing'));
      this.body.append(make('tr', {}, empty));
    }
    this.pager.hidden = pages < 2 && !this.query;
    this.status.textContent = rows.length ? `${this.at * size + 1}–${Math.min(rows.length, (this.at + 1) * size)} / ${rows.length}` : '0';
    this.back.disabled = this.at === 0;
    this.next.disabled = this.at >= pages - 1;
  }

  frame() {
    this.head = make('thead', {});
    this.body = make('tbody', {});
    this.status = make('span', {});
    this.back = make('button', {type: 'button', 'aria-label': '‹'}, '‹');
    this.next = make('button', {type: 'button', 'aria-label': '›'}, '›');
    this.back.onclick = () => { this.at--; this.render(); };
    this.next.onclick = () => { this.at++; this.render(); };
    this.pager = make('span', {class: 'pager'}, this.back, this.status, this.next);
    const bar = make('div', {class: 'tablebar'});
    if (this.options.search) {
      const input = make('input', {type: 'search', placeholder: t('Search'), 'aria-label': t('Search')});
      input.oninput = () => { this.query = input.value; this.at = 0; this.render(); };
      bar.append(input);
    }
    bar.append(this.pager);
    this.host.replaceChildren(bar, make('div', {class: 'scroll'}, make('table', {}, this.head, this.body)));
  }

  headRow() {
    return make('tr', {}, ...this.columns.map((column, i) => {
      const on = this.order && this.order.column === i;
      const button = make('button', {type: 'button'}, t(column.title) + (on ? (this.order.down ? ' ▾' : ' ▴') : ''));
      button.onclick = () => {
        this.order = {column: i, down: on ? !this.order.down : !!column.number};
        this.at = 0;
        this.render();
        this.head.querySelectorAll('button')[i].focus();
      };
      return make('th', {class: [column.number ? 'num' : '', column.noprint ? 'noprint' : ''].filter(Boolean).join(' '), scope: 'col',
        'aria-sort': on ? (this.order.down ? 'descending' : 'ascending') : 'none'}, button);
    }));
  }

  row(row) {
    const tr = make('tr', {}, ...this.columns.map((column) => {
      const cell = make('td', {dir: 'auto', class: [column.number ? 'num' : '', column.wide ? 'wide' : '',
        column.time ? 'time' : '', column.noprint ? 'noprint' : '', column.late && column.late(row) ? 'late' : ''].filter(Boolean).join(' ')});
      if (column.dot) {
        const dot = make('i', {class: 'dot'});
        dot.style.background = column.dot(row);
        cell.append(dot);
      }
      if (column.link && column.link(row)) cell.append(make('a', {href: column.link(row), rel: 'noreferrer', target: '_blank'}, column.text(row)));
      else cell.append(column.text(row));
      return cell;
    }));
    if (this.options.open) {
      tr.className = 'link';
      tr.tabIndex = 0;
      tr.onclick = (event) => { if (event.target.tagName !== 'A') this.options.open(row); };
      tr.onkeydown = (event) => { if (event.key === 'Enter') this.options.open(row); };
    }
    return tr;
  }
}
