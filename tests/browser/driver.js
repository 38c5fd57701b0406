'use strict';
/* A small WebDriver client for Debian's chromium-driver: no package of npm is needed. */
const {spawn} = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--force-device-scale-factor=1'];

class Driver {
  static async start() {
    const driver = new Driver();
    driver.port = 9500 + process.pid % 400;
    driver.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'covtriage-browser-'));
    driver.child = spawn('chromedriver', [`--port=${driver.port}`], {stdio: 'ignore'});
    for (let i = 0; i < 100; i++) {
      try {
        await driver.call('GET', '/status');
        break;
      } catch (error) {
        await new Promise((done) => setTimeout(done, 100));
      }
    }
    const capabilities = {alwaysMatch: {browserName: 'chrome', 'goog:loggingPrefs': {browser: 'ALL', performance: 'ALL'},
      'goog:chromeOptions': {binary: process.env.CHROMIUM || '/usr/bin/chromium', args: [...FLAGS, `--user-data-dir=${driver.folder}`]}}};
    driver.session = (await driver.call('POST', '/session', {capabilities})).sessionId;
    await driver.session_call('POST', '/timeouts', {script: 60000, pageLoad: 120000});
    return driver;
  }

  async call(method, where, body) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${where}`, {method, body: body ? JSON.stringify(body) : undefined});
    const value = (await answer.json()).value;
    if (value && value.error) throw new Error(`${where}: ${value.message}`);
    return value;
  }

  session_call(method, where, body) { return this.call(method, `/session/${this.session}${where}`, body); }
  go(url) { return this.session_call('POST', '/url', {url}); }
  run(script, ...args) { return this.session_call('POST', '/execute/sync', {script, args}); }
  runAsync(script, ...args) { return this.session_call('POST', '/execute/async', {script, args}); }
  cdp(cmd, params) { return this.session_call('POST', '/goog/cdp/execute', {cmd, params: params || {}}); }
  size(width, height) { return this.cdp('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: width < 500}); }
  /* CPU milliseconds of the page's main thread so far: script, layout and painting alike. */
  async spent() {
    const {metrics} = await this.cdp('Performance.getMetrics');
    return 1000 * metrics.find((m) => m.name === 'TaskDuration').value;
  }
  /* ... that a script and what follows from it takes. */
  async cost(script) {
    await this.cdp('Performance.enable', {timeDomain: 'threadTicks'});
    const before = await this.spent();
    await this.run(script);
    await this.runAsync('const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)))');
    return await this.spent() - before;
  }
  async shot(file, full) {
    const {data} = await this.cdp('Page.captureScreenshot', {format: 'png', captureBeyondViewport: !!full});
    fs.writeFileSync(file, Buffer.from(data, 'base64'));
  }
  async pdf(file) {
    const data = await this.session_call('POST', '/print', {page: {width: 21, height: 29.7}, margin: {top: 1, bottom: 1, left: 1, right: 1}, background: true});
    fs.writeFileSync(file, Buffer.from(data, 'base64'));
  }
  /* Console messages since the last call. */
  log() { return this.session_call('POST', '/se/log', {type: 'browser'}); }
  /* Addresses asked for since the last call. */
  async requests() {
    const entries = await this.session_call('POST', '/se/log', {type: 'performance'});
    return entries.map((e) => JSON.parse(e.message).message).filter((m) => m.method === 'Network.requestWillBeSent').map((m) => m.params.request.url);
  }

  async stop() {
    try {
      await this.session_call('DELETE', '');
    } finally {
      this.child.kill();
      fs.rmSync(this.folder, {recursive: true, force: true});
    }
  }
}

module.exports = {Driver};
