'use strict';
/* The map: base lines, cells, cases and orders drawn on one canvas over Leaflet, so that twenty
 * thousand cases redraw in one frame; heatmaps as pictures below it. */
const World = {
  x: (lon) => (lon + 180) / 360,
  y: (lat) => {
    const s = Math.sin(Math.max(-85, Math.min(85, lat)) * Math.PI / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  },
};

const CanvasLayer = L.Layer.extend({
  initialize(draw) { this.draw = draw; },
  onAdd(map) {
    this.canvas = L.DomUtil.create('canvas', '', map.getPanes().overlayPane);
    map.on('move zoomend resize viewreset', this.reset, this);
    this.reset();
  },
  reset() {
    const map = this._map, size = map.getSize(), ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    if (this.canvas.width !== size.x * ratio || this.canvas.height !== size.y * ratio) {
      this.canvas.width = size.x * ratio;
      this.canvas.height = size.y * ratio;
      this.canvas.style.width = size.x + 'px';
      this.canvas.style.height = size.y + 'px';
    }
    const context = this.canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.x, size.y);
    const scale = 256 * Math.pow(2, map.getZoom());
    const origin = map.project(map.containerPointToLatLng([0, 0]));
    this.draw(context, {scale, left: origin.x, top: origin.y, width: size.x, height: size.y});
  },
});

class CaseMap {
  constructor(host, data, onPick) {
    this.data = data;
    this.onPick = onPick;
    this.show = {cases: true, cells: true, orders: true};
    this.shown = [];
    this.prepare();
    this.map = L.map(host, {zoomAnimation: false, fadeAnimation: false, attributionControl: !!data.basemap, minZoom: 4, maxZoom: 19, zoomSnap: 0.5});
    if (data.basemap) L.tileLayer(data.basemap, {maxZoom: 19, opacity: 0.75}).addTo(this.map);
    this.map.createPane('heat').style.zIndex = 350;
    L.control.scale({imperial: false}).addTo(this.map);
    this.map.fitBounds(this.bounds(), {padding: [12, 12]});
    this.layer = new CanvasLayer((context, view) => this.paint(context, view)).addTo(this.map);
    this.map.on('click', (event) => this.pick(event.containerPoint));
  }

  prepare() {
    const c = this.data.cases, n = c.id.length;
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      this.x[i] = c.lon[i] === null ? NaN : World.x(c.lon[i]);
      this.y[i] = c.lat[i] === null ? NaN : World.y(c.lat[i]);
    }
    this.wedges = this.data.cells.map((cell) => this.wedge(cell));
    this.lines = this.data.lines.map((line) => {
      const flat = new Float64Array(line.at.length);
      for (let i = 0; i < flat.length; i += 2) {
        flat[i] = World.x(line.at[i]);
        flat[i + 1] = World.y(line.at[i + 1]);
      }
      return {kind: line.kind, flat};
    });
  }

  wedge(cell) {
    const metre = 1 / (40075017 * Math.cos(cell.lat * Math.PI / 180));
    return {x: World.x(cell.lon), y: World.y(cell.lat), r: cell.r * metre, cell};
  }

  bounds() {
    const c = this.data.cases, lon = [], lat = [];
    const add = (a, b) => { if (a !== null && b !== null) { lon.push(a); lat.push(b); } };
    c.lon.forEach((value, i) => add(value, c.lat[i]));
    if (!lon.length) this.data.cells.forEach((cell) => add(cell.lon, cell.lat));
    if (!lon.length) return [[18, 74], [53, 134]];
    lon.sort((a, b) => a - b);
    lat.sort((a, b) => a - b);
    const cut = lon.length >= 100 ? Math.floor(lon.length / 100) : 0, last = lon.length - 1 - cut;
    const pad = lon.length === 1 ? 0.02 : 0;
    return [[lat[cut] - pad, lon[cut] - pad], [lat[last] + pad, lon[last] + pad]];
  }

  paint(context, view) {
    const px = (x) => x * view.scale - view.left, py = (y) => y * view.scale - view.top;
    this.paintLines(context, px, py);
    if (this.show.cells) this.paintCells(context, view, px, py);
    if (this.show.cases) this.paintCases(context, view, px, py);
    if (this.show.orders) this.paintOrders(context, view, px, py);
    this.paintPlaces(context, view, px, py);
    this.paintChosen(context, view, px, py);
  }

  paintLines(context, px, py) {
    const styles = {water: ['#9cc7e0', 1.5, []], rail: ['#6b6b6b', 1, [3, 3]], road: ['#b3a797', 1.3, []], border: ['#5a4a6a', 1.4, [7, 5]]};
    for (const line of this.lines) {
      const style = styles[line.kind] || styles.road;
      context.strokeStyle = style[0];
      context.lineWidth = style[1];
      context.setLineDash(style[2]);
      context.beginPath();
      for (let i = 0; i < line.flat.length; i += 2) context.lineTo(px(line.flat[i]), py(line.flat[i + 1]));
      context.stroke();
    }
    context.setLineDash([]);
  }

  sector(context, x, y, radius, azimuth, width) {
    const middle = (azimuth - 90) * Math.PI / 180, half = width / 2 * Math.PI / 180;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, middle - half, middle + half);
    context.closePath();
  }

  paintCells(context, view, px, py) {
    const colours = this.data.audit;
    for (const {x, y, r, cell} of this.wedges) {
      const cx = px(x), cy = py(y), radius = Math.max(r * view.scale, 7);
      if (cx < -radius || cy < -radius || cx > view.width + radius || cy > view.height + radius) continue;
      context.lineWidth = 0.8;
      if (cell.az === null) {
        context.beginPath();
        context.arc(cx, cy, Math.max(3, radius / 3), 0, 2 * Math.PI);
      } else this.sector(context, cx, cy, radius, cell.az, cell.w);
      context.fillStyle = 'rgba(91,112,131,.28)';
      context.strokeStyle = 'rgba(60,78,92,.65)';
      context.fill();
      context.stroke();
      if (cell.est === null || !['misaligned', 'swapped', 'tilt'].includes(cell.status)) continue;
      this.sector(context, cx, cy, radius * 1.25, cell.est, cell.w / 2);
      context.strokeStyle = colours[cell.status];
      context.lineWidth = 2;
      context.stroke();
    }
  }

  paintCases(context, view, px, py) {
    if (this.shown.length > 4000) {
      this.paintMany(context, view, px, py);
      return;
    }
    const radius = view.scale > 256 * 8192 ? 6 : 4.5;
    const sprites = this.data.verdicts.map((verdict) => this.sprite(verdict.colour, radius));
    const verdicts = this.data.cases.v;
    for (const i of this.shown) {
      const x = px(this.x[i]), y = py(this.y[i]);
      if (!(x > -9 && y > -9 && x < view.width + 9 && y < view.height + 9)) continue;
      const sprite = sprites[verdicts[i]];
      context.drawImage(sprite, x - sprite.half, y - sprite.half, sprite.half * 2, sprite.half * 2);
    }
  }

  /* Thousands of dots straight into pixels, then laid over the map in one step. */
  paintMany(context, view, px, py) {
    const ratio = window.devicePixelRatio || 1, width = Math.round(view.width * ratio), height = Math.round(view.height * ratio);
    if (!this.plate || this.plate.width !== width || this.plate.height !== height) {
      this.plate = document.createElement('canvas');
      this.plate.width = width;
      this.plate.height = height;
    }
    const plate = this.plate.getContext('2d', {willReadFrequently: true}), image = plate.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    const colours = this.data.verdicts.map((verdict) => {
      const rgb = parseInt(verdict.colour.slice(1), 16);
      return (0xE6000000 | (rgb & 255) << 16 | rgb & 0xFF00 | rgb >> 16) >>> 0;
    });
    const radius = Math.round(2.6 * ratio), reach = radius * radius + radius, verdicts = this.data.cases.v;
    for (const i of this.shown) {
      const x = Math.round(px(this.x[i]) * ratio), y = Math.round(py(this.y[i]) * ratio);
      if (!(x >= radius && y >= radius && x < width - radius && y < height - radius)) continue;
      const colour = colours[verdicts[i]];
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) if (dx * dx + dy * dy <= reach) pixels[(y + dy) * width + x + dx] = colour;
      }
    }
    plate.putImageData(image, 0, 0);
    context.drawImage(this.plate, 0, 0, view.width, view.height);
  }

  sprite(colour, radius) {
    const ratio = window.devicePixelRatio || 1, half = radius + 2;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = Math.ceil(half * 2 * ratio);
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.arc(half, half, radius, 0, 2 * Math.PI);
    context.globalAlpha = 0.95;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.2;
    context.strokeStyle = '#fff';
    context.stroke();
    canvas.half = half;
    return canvas;
  }

  paintOrders(context, view, px, py) {
    const orders = this.data.orders.filter((order) => order.round && order.lon !== null).slice(0, view.scale > 256 * 4096 ? 400 : 25);
    context.font = '600 11px sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const order of orders.reverse()) {
      const x = px(World.x(order.lon)), y = py(World.y(order.lat));
      if (!(x > -20 && y > -20 && x < view.width + 20 && y < view.height + 20)) continue;
      const text = String(order.rank), half = 4 + 3.6 * text.length;
      context.beginPath();
      context.rect(x - half, y - 8, 2 * half, 16);
      context.fillStyle = '#fff';
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = this.data.kinds[order.kind].colour;
      context.stroke();
      context.fillStyle = '#16242d';
      context.fillText(text, x, y + 0.5);
    }
  }

  paintPlaces(context, view, px, py) {
    const zoom = Math.log2(view.scale / 256), taken = [];
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    for (const place of this.data.places) {
      if (zoom < [0, 0, 0, 0, 9, 13][place.kind]) continue;
      const x = px(World.x(place.lon)), y = py(World.y(place.lat));
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const size = place.kind <= 3 ? 15 : place.kind === 4 ? 13 : 11, half = place.name.length * size * 0.52;
      if (half > 110 || taken.some((b) => Math.abs(b[0] - x) < b[2] + half && Math.abs(b[1] - y) < 16)) continue;
      taken.push([x, y, half]);
      context.font = `${place.kind <= 4 ? 600 : 400} ${size}px "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif`;
      context.lineWidth = 3.5;
      context.strokeStyle = 'rgba(255,255,255,.9)';
      context.strokeText(place.name, x, y);
      context.fillStyle = '#26323a';
      context.fillText(place.name, x, y);
    }
  }

  paintChosen(context, view, px, py) {
    if (this.chosen === undefined || Number.isNaN(this.x[this.chosen])) return;
    const lat = this.data.cases.lat[this.chosen], radius = this.data.cases.radius[this.chosen];
    const metre = view.scale / (40075017 * Math.cos(lat * Math.PI / 180));
    context.beginPath();
    context.arc(px(this.x[this.chosen]), py(this.y[this.chosen]), Math.max(0, radius || 0) * metre, 0, 2 * Math.PI);
    context.fillStyle = 'rgba(22,36,45,.06)';
    context.fill();
    context.setLineDash([5, 4]);
    context.lineWidth = 1.2;
    context.strokeStyle = 'rgba(22,36,45,.6)';
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.arc(px(this.x[this.chosen]), py(this.y[this.chosen]), 11, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = '#16242d';
    context.stroke();
  }

  /* The case nearest to the pointer, within reach of a finger. */
  pick(at) {
    const scale = 256 * Math.pow(2, this.map.getZoom());
    const origin = this.map.project(this.map.containerPointToLatLng([0, 0]));
    let best = -1, reach = 14 * 14;
    for (const i of this.shown) {
      const dx = this.x[i] * scale - origin.x - at.x, dy = this.y[i] * scale - origin.y - at.y;
      const distance = dx * dx + dy * dy;
      if (distance < reach) {
        reach = distance;
        best = i;
      }
    }
    if (best >= 0) this.onPick(best);
  }

  setShown(shown) {
    this.shown = shown;
    this.layer.reset();
  }

  choose(i, move) {
    this.chosen = i;
    if (move && !Number.isNaN(this.x[i])) {
      this.map.setView([this.data.cases.lat[i], this.data.cases.lon[i]], Math.max(this.map.getZoom(), 14), {animate: false});
    }
    this.layer.reset();
  }

  setOverlay(overlay) {
    if (this.heat) this.heat.remove();
    this.heat = null;
    if (!overlay) return;
    const b = overlay.bounds;
    this.heat = L.imageOverlay(overlay.png, [[b[1], b[0]], [b[3], b[2]]], {pane: 'heat', opacity: 0.72, alt: overlay.title}).addTo(this.map);
  }

  /* On paper the map has the page's width and shows everything; afterwards it is as it was. */
  paper(on) {
    const host = this.map.getContainer();
    if (on) this.view = [this.map.getCenter(), this.map.getZoom()];
    host.style.width = on ? '664px' : '';
    host.style.height = on ? '470px' : '';
    this.map.invalidateSize({animate: false});
    if (on) this.map.fitBounds(this.bounds(), {animate: false});
    else if (this.view) this.map.setView(this.view[0], this.view[1], {animate: false});
    this.layer.reset();
  }

  redraw() {
    this.map.invalidateSize({animate: false});
    this.layer.reset();
  }
}
