import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { manifest, reportData } from '../../test/figures/report-fixture.ts';
import { SondeError } from '../base/errors.ts';
import { type Lab, startLab } from './lab.ts';

const line = (step: number) => `${JSON.stringify({ step, epoch: 0, loss: 1 / step, learningRate: 0.1 })}\n`;

/** A workspace with one run of three steps, a neighbour folder with a secret, and a lab that shows the first. */
async function workspace(t: TestContext): Promise<{ lab: Lab; folder: string; run: string; address: URL }> {
  const base = mkdtempSync(join(tmpdir(), 'sonde-lab-'));
  const folder = join(base, 'workspace');
  const run = join(folder, 'runs', 'first');
  mkdirSync(join(run, 'results'), { recursive: true });
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside', 'secret.json'), '{"secret": true}');
  writeFileSync(join(base, 'secret.txt'), 'secret');
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...manifest, state: 'running' }));
  writeFileSync(join(run, 'metrics.jsonl'), line(1) + line(2) + line(3));
  writeFileSync(join(run, 'results', 'linear-view.json'), '{"version": 1}');
  writeFileSync(join(folder, 'report.html'), '<!doctype html><title>report</title>');
  writeFileSync(join(folder, '.hidden'), 'hidden');
  symlinkSync(join(base, 'outside', 'secret.json'), join(run, 'results', 'link.json'));
  symlinkSync(join(base, 'outside'), join(run, 'figures'));
  const lab = await startLab({
    workspace: folder,
    methods: [{ ...reportData.runs[0].card, id: 'rotation', title: 'Rotation', idea: 'Which way up?' }],
  });
  t.after(async () => {
    await lab.close();
    rmSync(base, { recursive: true, force: true });
  });
  return { lab, folder, run, address: new URL(lab.url) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A request whose path and headers go out exactly as given; `fetch` would mend both. */
function ask(address: URL, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: address.port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The cookie a browser has after opening the printed address. */
async function signIn(address: URL): Promise<Record<string, string>> {
  const { headers } = await ask(address, address.pathname + address.search);
  return { cookie: headers['set-cookie']![0].split(';')[0] };
}

test('nothing is answered without the token', async (t) => {
  const { address } = await workspace(t);
  for (const path of ['/', '/api/runs', '/files/report.html', '/?token=wrong', '/api/runs?token=', '/api/methods']) {
    const { status, text } = await ask(address, path);
    assert.equal(status, 403, path);
    assert.match(text, /open the whole address that sonde printed/);
  }
  assert.equal((await ask(address, '/api/runs', { cookie: `sonde-lab-${address.port}=wrong` })).status, 403);
});

test('the token sets a cookie that scripts cannot read and other sites do not send', async (t) => {
  const { address } = await workspace(t);
  const { status, headers } = await ask(address, address.pathname + address.search);
  assert.equal(status, 200);
  assert.match(headers['set-cookie']![0], /^sonde-lab-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.match(String(headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
  assert.equal((await ask(address, '/api/runs', await signIn(address))).status, 200);
});

test('a name that only points here, and pages from elsewhere, are refused even with the token', async (t) => {
  const { address } = await workspace(t);
  const signed = await signIn(address);
  const port = address.port;
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1:${Number(port) + 1}`,
    `[::1]:${port}`,
  ]) {
    assert.equal((await ask(address, '/api/runs', { ...signed, host })).status, 403, host);
  }
  for (const origin of [
    'http://evil.example',
    `http://127.0.0.1:${Number(port) + 1}`,
    'null',
    `https://127.0.0.1:${port}`,
  ]) {
    assert.equal((await ask(address, '/api/runs', { ...signed, origin })).status, 403, origin);
  }
  for (const site of ['cross-site', 'same-site']) {
    assert.equal((await ask(address, '/api/runs', { ...signed, 'sec-fetch-site': site })).status, 403, site);
  }
  const own: Record<string, string>[] = [
    { host: `localhost:${port}` },
    { origin: `http://127.0.0.1:${port}` },
    { 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of own) {
    assert.equal((await ask(address, '/api/runs', { ...signed, ...headers })).status, 200, JSON.stringify(headers));
  }
  const opened = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  assert.equal(
    (await ask(address, address.pathname + address.search, opened)).status,
    200,
    'a link with the token may be opened from anywhere',
  );
});

test('runs, their records and their files are served', async (t) => {
  const { address } = await workspace(t);
  const signed = await signIn(address);
  const json = async (path: string) => JSON.parse((await ask(address, path, signed)).text);
  assert.deepEqual(await json('/api/runs'), [
    {
      name: 'runs/first',
      id: manifest.id,
      state: 'running',
      method: 'Rotation',
      data: 'phantom-demo',
      steps: 2880,
      report: 'report.html',
    },
  ]);
  assert.equal((await json('/api/runs/runs%2Ffirst/manifest')).trunk.id, 'r3d18-tiny');
  assert.equal((await ask(address, '/api/runs/runs%2Ffirst/metrics', signed)).text, line(1) + line(2) + line(3));
  assert.deepEqual(await json('/api/runs/runs%2Ffirst/results'), ['linear-view.json']);
  assert.deepEqual(await json('/api/runs/runs%2Ffirst/results/linear-view.json'), { version: 1 });
  assert.equal((await json('/api/methods'))[0].idea, 'Which way up?');
  const report = await ask(address, '/files/report.html', signed);
  assert.equal(report.text, '<!doctype html><title>report</title>');
  assert.match(
    String(report.headers['content-security-policy']),
    /default-src 'none'.*sandbox/,
    'a report runs nothing',
  );
});

test('nothing outside the workspace is served, by no spelling and through no link', async (t) => {
  const { address } = await workspace(t);
  const signed = await signIn(address);
  const paths = [
    '/files/../secret.txt',
    '/files/%2e%2e/secret.txt',
    '/files/..%2fsecret.txt',
    '/files/runs/..%5c..%5c..%5csecret.txt',
    '/files/runs/first/../../../secret.txt',
    '/files//etc/passwd',
    '/files/%2Fetc%2Fpasswd',
    '/files/%00report.html',
    '/files/%zz',
    '/files/.hidden',
    '/files/runs',
    '/files/runs/first/results/link.json',
    '/files/runs/first/figures/secret.json',
    '/api/runs/runs%2Ffirst/results/link.json',
    '/api/runs/runs%2Ffirst/results/..%2F..%2F..%2F..%2Fsecret.txt',
    '/api/runs/runs%2Ffirst/figures/secret.json',
    '/api/runs/..%2Foutside/manifest',
    '/api/nothing',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
  ];
  for (const path of paths) {
    const { status, text } = await ask(address, path, signed);
    assert.equal(status, 404, `${path} answers ${status}`);
    assert.doesNotMatch(text, /secret": true|^secret|root:|workspaces/);
  }
  assert.deepEqual(
    JSON.parse((await ask(address, '/api/runs/runs%2Ffirst/figures', signed)).text),
    [],
    'a folder that links out lists nothing',
  );
});

interface Event {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Reads events until the wanted one comes. */
async function* eventsOf(address: URL, headers: Record<string, string>): AsyncGenerator<Event, void> {
  const response = await fetch(new URL('/api/runs/runs%2Ffirst/events', address), { headers });
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((row) => row.split(/: (.*)/s, 2)),
      );
      text = text.slice(end + 2);
      if (fields.event !== undefined) yield { event: fields.event, data: fields.data, id: fields.id };
    }
  }
}

async function next(events: AsyncGenerator<Event, void>, name: string): Promise<Event> {
  for (;;) {
    const { value, done } = await events.next();
    assert.ok(!done && value !== undefined, `the stream ended before ${name}`);
    if (value.event === name) return value;
  }
}

test('appended lines arrive as they are written, whole, and a reader goes on where it stopped', async (t) => {
  const { address, run } = await workspace(t);
  const signed = await signIn(address);
  const events = eventsOf(address, signed);
  for (const step of [1, 2, 3]) assert.equal(JSON.parse((await next(events, 'metrics')).data).step, step);
  const half = line(4).length >> 1;
  appendFileSync(join(run, 'metrics.jsonl'), line(4).slice(0, half));
  appendFileSync(join(run, 'metrics.jsonl'), line(4).slice(half) + line(5));
  assert.deepEqual(JSON.parse((await next(events, 'metrics')).data), JSON.parse(line(4)));
  const last = await next(events, 'metrics');
  assert.equal(
    Number(last.id),
    [1, 2, 3, 4, 5].reduce((bytes, step) => bytes + line(step).length, 0),
  );
  await events.return();

  appendFileSync(join(run, 'metrics.jsonl'), line(6));
  const resumed = eventsOf(address, { ...signed, 'last-event-id': last.id! });
  assert.equal(JSON.parse((await next(resumed, 'metrics')).data).step, 6);
  await resumed.return();
});

test('a run that resumes from an earlier step rewinds its readers', async (t) => {
  const { address, run } = await workspace(t);
  const events = eventsOf(address, await signIn(address));
  for (let i = 0; i < 3; i++) await next(events, 'metrics');
  writeFileSync(join(run, 'shorter'), line(1) + line(2));
  renameSync(join(run, 'shorter'), join(run, 'metrics.jsonl'));
  await next(events, 'rewind');
  assert.equal(JSON.parse((await next(events, 'metrics')).data).step, 1);
  await events.return();

  const insideALine = eventsOf(address, { ...(await signIn(address)), 'last-event-id': '7' });
  await next(insideALine, 'rewind');
  assert.equal(JSON.parse((await next(insideALine, 'metrics')).data).step, 1);
  await insideALine.return();
});

test('the manifest, new puzzles and the report are announced; broken lines are left out', async (t) => {
  const { address, run } = await workspace(t);
  const events = eventsOf(address, await signIn(address));
  assert.equal(JSON.parse((await next(events, 'manifest')).data).state, 'running');
  assert.equal((await next(events, 'report')).data, '{"path":"report.html"}');
  appendFileSync(join(run, 'metrics.jsonl'), `{"step": 4, "ep${'\n'}${line(4)}`);
  assert.equal(JSON.parse((await next(events, 'metrics')).data).step, 4);
  writeFileSync(join(run, 'puzzles.json'), '{"version":1,"puzzles":[]}');
  await next(events, 'puzzles');
  writeFileSync(join(run, 'report.html'), 'own');
  assert.equal((await next(events, 'report')).data, '{"path":"runs/first/report.html"}');
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...manifest, state: 'finished' }));
  assert.equal(JSON.parse((await next(events, 'manifest')).data).state, 'finished');
  await events.return();
});

test('closing ends open streams', async (t) => {
  const { address, lab } = await workspace(t);
  const events = eventsOf(address, await signIn(address));
  await next(events, 'metrics');
  await lab.close();
  await assert.rejects(async () => {
    for await (const _ of events);
    throw new Error('ended');
  });
});

test('a missing workspace and a taken port are told in a sentence', async (t) => {
  const { address, folder } = await workspace(t);
  const usage = (pattern: RegExp) => (error: unknown) =>
    error instanceof SondeError && error.code === 'usage' && pattern.test(error.message);
  await assert.rejects(startLab({ workspace: join(folder, 'nowhere') }), usage(/there is no folder/));
  await assert.rejects(
    startLab({ workspace: folder, port: Number(address.port) }),
    usage(/port \d+ cannot be listened on/),
  );
});
