import assert from 'node:assert/strict';
import test from 'node:test';
import { openPhantom } from '../sources.ts';
import { createEndoscopyPhantom, findingNames, parseEndoscopy } from './index.ts';

test('the same options give the same bytes, whatever is read first', () => {
  const [a, b] = [0, 1].map(() => createEndoscopyPhantom({ patients: 3, size: 40 }));
  assert.deepEqual(a.items, b.items);
  const first = a.items.map((_, item) => a.render(item).data);
  for (let item = a.items.length - 1; item >= 0; item--) assert.deepEqual(b.render(item).data, first[item]);
  assert.notDeepEqual(createEndoscopyPhantom({ patients: 3, size: 40, seed: 1 }).render(0).data, first[0]);
});

test('every patient shows every finding, and what is found has its colour', () => {
  const phantom = createEndoscopyPhantom({ patients: 20, size: 64 });
  const darkRed = (r: number, g: number, b: number) => r > 40 && r < 130 && g < 0.32 * r && b < 0.3 * r;
  const yellow = (r: number, g: number, b: number) => g > 0.78 * r && b < 0.85 * g && r > 90;
  const shareOf = (item: number, wanted: (r: number, g: number, b: number) => boolean) => {
    const { data } = phantom.render(item);
    let count = 0;
    for (let i = 0; i < data.length; i += 3) if (wanted(data[i], data[i + 1], data[i + 2])) count++;
    return count / (data.length / 3);
  };
  const shares = new Map(findingNames.map((name) => [name as string, { red: 0, yellow: 0 }]));
  phantom.items.forEach(({ labels }, item) => {
    const sums = shares.get(String(labels.finding))!;
    sums.red += shareOf(item, darkRed) / 20;
    sums.yellow += shareOf(item, yellow) / 20;
  });
  for (let patient = 0; patient < 20; patient++) {
    const found = phantom.items.slice(5 * patient, 5 * patient + 5).map(({ labels }) => String(labels.finding));
    assert.deepEqual(found.sort(), [...findingNames].sort());
  }
  for (const name of findingNames) {
    if (name !== 'bleeding') assert.ok(shares.get('bleeding')!.red > 1.5 * shares.get(name)!.red, name);
    if (name !== 'ulcer') assert.ok(shares.get('ulcer')!.yellow > 3 * shares.get(name)!.yellow, name);
  }
});

test('options are read from text, and mistakes are named', () => {
  assert.equal(parseEndoscopy('endoscopy-phantom:patients=7,scopes=3').scopes, 3);
  assert.throws(() => parseEndoscopy('endoscopy-phantom:colour=red'), /no option 'colour'/);
  assert.throws(() => openPhantom('liver-phantom'), /no phantom 'liver-phantom'.*endoscopy-phantom/s);
});
