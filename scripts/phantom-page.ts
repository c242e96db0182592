/**
 * Draws the contact sheets of the phantom and writes its page: `npx tsx scripts/phantom-page.ts`.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createEndoscopyPhantom, findingNames } from '../src/data/phantom/endoscopy/index.ts';
import { createHeadPhantom, diagnosisNames } from '../src/data/phantom/head/index.ts';
import {
  anomalyNames,
  createPhantom,
  overlayNames,
  type Phantom,
  type PhantomOptions,
  phantomOptions,
  viewNames,
} from '../src/data/phantom/index.ts';

const root = join(import.meta.dirname, '..');
const figures = join(root, 'docs/figures/phantom');
const zoom = 2;

/** What every phantom can do. */
interface Drawn {
  readonly options: { readonly size: number };
  render(
    item: number,
    window: { start: number; count: number },
  ): { readonly data: Uint8Array; readonly shape: readonly number[] };
}

interface Cell {
  readonly phantom: Drawn;
  readonly item: number;
  readonly frame: number;
}

/** Rows of pictures side by side, each twice its size. */
async function sheet(name: string, rows: readonly (readonly Cell[])[]): Promise<void> {
  const size = rows[0]![0]!.phantom.options.size;
  const [columns, gap] = [Math.max(...rows.map((row) => row.length)), 2];
  const [width, height] = [columns * (size + gap) - gap, rows.length * (size + gap) - gap];
  const drawn = rows.map((row) =>
    row.map(({ phantom, item, frame }) => phantom.render(item, { start: frame, count: 1 })),
  );
  const channels = drawn[0]![0]!.shape[3] as 1 | 3;
  const pixels = new Uint8Array(width * height * channels).fill(24);
  drawn.forEach((row, r) => {
    row.forEach(({ data }, c) => {
      for (let y = 0; y < size; y++) {
        const line = data.subarray(y * size * channels, (y + 1) * size * channels);
        pixels.set(line, channels * ((r * (size + gap) + y) * width + c * (size + gap)));
      }
    });
  });
  await sharp(pixels, { raw: { width, height, channels } })
    .resize(width * zoom, height * zoom, { kernel: 'cubic' })
    .webp({ quality: 80 })
    .toFile(join(figures, `${name}.webp`));
}

/** Frames of an item nearest to phases of the beat. */
function framesAt(phantom: Phantom, item: number, phases: readonly number[]): Cell[] {
  const known = phantom.items[item]!.frameLabels!.phase!;
  return phases.map((phase) => {
    const away = known.map((value) => Math.abs(value - phase));
    return { phantom, item, frame: away.indexOf(Math.min(...away)) };
  });
}

const phases = [0, 0.15, 0.35, 0.5, 0.7, 0.9];
const make = (options: Partial<PhantomOptions>) => createPhantom({ frames: 60, frameRateHz: 30, ...options });

async function views(): Promise<void> {
  const phantom = make({ patients: 1, size: 128, anomalies: 0, seed: 3 });
  await sheet(
    'views',
    phantom.items.map((_, item) => framesAt(phantom, item, phases)),
  );
  const many = make({ patients: 6, anomalies: 0, frames: 1, sites: 6, seed: 1 });
  const rows = viewNames.map((view) =>
    many.items.flatMap(({ labels }, item) => (labels.view === view ? [{ phantom: many, item, frame: 0 }] : [])),
  );
  await sheet('patients', rows);
}

async function anomalies(): Promise<void> {
  const phantom = make({ patients: 60, anomalies: 0.9, seed: 5 });
  const rows = anomalyNames.map((anomaly) =>
    viewNames.flatMap((view) => {
      const good = phantom.items.findIndex(({ labels }) => {
        const clear = Number(labels.ejectionFraction) > 50 && Number(labels.gain) > -1;
        return labels.anomaly === anomaly && labels.view === view && clear;
      });
      return framesAt(phantom, good, [0, 0.4]);
    }),
  );
  await sheet('anomalies', rows);
}

async function overlays(): Promise<void> {
  const row = (item: number) =>
    [[], ...overlayNames.map((name) => [name]), [...overlayNames]].map((shown) => ({
      phantom: make({ patients: 2, anomalies: 0, size: 128, overlays: shown, seed: 3 }),
      item,
      frame: 20,
    }));
  await sheet('overlays', [row(0), row(6)]);
}

async function shortcuts(): Promise<void> {
  const rows = (['site:anomaly', 'ecg:view', 'gain:ejectionFraction'] as const).flatMap((shortcut) => {
    const phantom = make({ patients: 16, frames: 1, seed: 9, shortcut, shortcutStrength: 1 });
    const classes: [Cell[], Cell[]] = [[], []];
    phantom.items.forEach(({ labels }, item) => {
      const isSecond = {
        'site:anomaly': labels.anomaly !== 'none',
        'ecg:view': viewNames.indexOf(labels.view as 'apical-four-chamber') % 2 === 1,
        'gain:ejectionFraction': Number(labels.ejectionFraction) > 47.5,
      }[shortcut];
      if (item % 5 === 0) classes[isSecond ? 1 : 0].push({ phantom, item, frame: 0 });
    });
    return classes.map((cells) => cells.slice(0, 6));
  });
  await sheet('shortcuts', rows);
}

async function heads(): Promise<void> {
  const phantom = createHeadPhantom({ patients: 40, size: 96, slices: 40, contrasts: ['t1', 't2'], diagnoses: 0.9 });
  const rows = diagnosisNames.flatMap((diagnosis) => {
    const item = phantom.items.findIndex(({ labels }) => labels.diagnosis === diagnosis);
    return [[item, item + 1].flatMap((one) => [15, 21, 24, 28].map((frame) => ({ phantom, item: one, frame })))];
  });
  await sheet('heads', rows);
}

async function endoscopy(): Promise<void> {
  const phantom = createEndoscopyPhantom({ patients: 8, size: 96, scopes: 3 });
  const rows = findingNames.map((finding) =>
    phantom.items.flatMap(({ labels }, item) => (labels.finding === finding ? [{ phantom, item, frame: 0 }] : [])),
  );
  await sheet('endoscopy', rows);
}

function optionTable(): string {
  const schema = phantomOptions.shape;
  const defaults = createPhantom().options;
  const rows = Object.entries(schema).map(([name, field]) => {
    const value = defaults[name as keyof PhantomOptions];
    const shown = Array.isArray(value) ? value.join(', ') || 'none' : String(value);
    return `| \`${name}\` | ${shown} | ${(field.description ?? '').replaceAll('|', '\\|')} |`;
  });
  return ['| option | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

const page = `# The phantom

A heart whose every factor is known, seen by an ultrasound scanner that does not exist. It is the data set Sonde carries
with it, and the ruler for explanations: what a network uses can be compared with what made the pixel.

Nothing is painted on. A solid heart beats by an analytic displacement field; scatterers are fixed to its tissue; their
echoes are summed with the phase of the carrier on a grid of depths and beams, blurred by the pulse and the beam,
attenuated, shadowed, amplified and compressed, and laid into a sector. Speckle therefore travels with the muscle,
blood loses it within a few frames, and walls are brightest where the beam meets them squarely.

    sonde data inspect phantom
    sonde data phantom --out phantom/ --set patients=10 --set overlays=text,ecg
    sonde pretrain --method rotation --data phantom:patients=24,frames=16,size=64

This page and its figures are made by \`npx tsx scripts/phantom-page.ts\`.

## Views and phases
Apical four-chamber, apical two-chamber, parasternal long axis and short axis of one heart, at phases
${phases.join(', ')} of the beat (0 is the R wave).

![Four views at six phases](figures/phantom/views.webp)

Six patients on six scanners, each in the four views.

![Six patients in four views](figures/phantom/patients.webp)

## Anomalies
From top to bottom: ${anomalyNames.join(', ')}. Each in the four views, at the beginning of the beat and late in ejection.

![Anomalies](figures/phantom/anomalies.webp)

## Overlays
None, ${overlayNames.join(', ')}, all together; on two scanners.

![Overlays](figures/phantom/overlays.webp)

## Shortcuts
\`shortcut=CUE:LABEL\` makes a cue follow a label in a fraction \`shortcutStrength\` of the clips; in the others the cue is
drawn independently. Two rows each, one for a class: the scanner tells the anomaly, the ECG strip tells the view, the
gain tells the ejection fraction.

![Planted shortcuts](figures/phantom/shortcuts.webp)

## Options
${optionTable()}

## Heads and hollow organs
Volumes and colour have phantoms of their own, written in place of a folder in the same way.

    sonde pretrain --method rubiks-cube --data head-phantom:patients=24
    sonde data inspect endoscopy-phantom:patients=12

\`head-phantom\` draws magnetic resonance volumes: nested ellipsoids with scalp, skull, folded cortex, ventricles, deep
grey matter, cerebellum and eyes, texture fixed to the tissue, a coil field and Rician noise, in two contrasts of one
anatomy (\`contrasts=t1+t2\`). Known: diagnosis (tumour, haemorrhage, infarct, hydrocephalus, none), side and volume of
the lesion, brain volume, size of the ventricles, contrast, how the head lies; the tissue of every voxel
(\`createHeadPhantom(options).tissues(item, slice)\`).

From top to bottom: ${diagnosisNames.join(', ')}; four slices in T1, the same in T2.

![Heads](figures/phantom/heads.webp)

\`endoscopy-phantom\` draws colour pictures: a tube of folded mucosa with vessels, lit from the tip. Known: the finding
(polyp, ulcer, bleeding, diverticulum, none), where the lumen is, vessels, light, and the endoscope with its white
balance. What is yellow or red is so because of what it is.
From top to bottom: ${findingNames.join(', ')}; a patient a column.

![Endoscopy](figures/phantom/endoscopy.webp)

## What is known
Every clip: view, ejection fraction, heart rate, volumes, anomaly with its segment or valve, site, gain, depth,
frequency, attenuation, overlays, faults. Every frame: phase, volume, respiration; of compressed clips the place in the group of pictures. On request
(\`createPhantom(options).truth(item, frame)\`): the tissue at every pixel, chamber masks and boxes, apex and valve
hinges, the displacement of the material at any pixel since any other frame, and where overlays were drawn.

## What holds it to account
Tests beside the sources: the amplitude of speckle in uniform tissue follows Rayleigh's distribution (signal-to-noise
ratio 1.91); it decorrelates with motion as the width of the beam predicts; muscle is incompressible (Jacobian 1); the
cavity's volume is the one asked for, with an akinetic segment too; ejection fraction measured from masks by discs
agrees with the label; a frame read alone equals the same frame read with others; factors are independent unless a
shortcut is planted, and then are associated at the planted strength. \`npx tsx bench/phantom.ts\` measures the speed.

## Where it is simpler than a heart
The plane follows the tissue: motion through the plane decorrelates speckle but brings no new tissue into sight.
Papillary muscles ride on the motion of the cavity. Leaflets are two curves between hinges. Atria change with the
descent of the base alone. Ejection fraction and heart rate are drawn for every recording, not for every patient.
`;

mkdirSync(figures, { recursive: true });
await views();
await anomalies();
await overlays();
await shortcuts();
await heads();
await endoscopy();
writeFileSync(join(root, 'docs/phantom.md'), page);
