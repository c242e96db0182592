/**
 * Maps as pictures: what the network was shown, and over it what moves its answer.
 * @module
 */
import type { Picture } from '../../pretext/drawing.ts';
import type { FigureData, PicturesFigure, ShownPicture } from '../finding.ts';
import { shownFrames } from '../frame-name.ts';
import type { DrawnMap, MapMethod } from './methods.ts';
import { mapTitles } from './methods.ts';
import { type OpenedTarget, oneInput } from './open-target.ts';
import { type InputLayout, mapLength } from './target.ts';

type ShownMap = DrawnMap & { readonly method: MapMethod };

export function attributionFigures(
  opened: OpenedTarget,
  maps: readonly ShownMap[],
  views?: Float32Array,
  frames?: Float32Array,
): FigureData[] {
  const figures: FigureData[] = [];
  if (maps.length > 0) figures.push(mapsFigure(opened, maps));
  if (views !== undefined) figures.push(viewsFigure(opened, views));
  if (frames !== undefined) figures.push(framesFigure(opened, frames));
  return figures;
}

/** Pictures: a column is an input. Clips and volumes: a row runs through one input. Several views: a row is an input’s views. */
function mapsFigure(opened: OpenedTarget, maps: readonly ShownMap[]): PicturesFigure {
  const { target, patients, unit } = opened;
  const { views, frames } = target.layout;
  const [rows, columns, shown, how] =
    views > 1 ? viewRows(opened, maps) : frames > 1 ? frameRows(opened, maps) : pictureRows(opened, maps);
  return {
    kind: 'pictures',
    name: 'maps',
    title: `What moves ${target.name}`,
    caption: `${shown} of ${countedInputs(target.batch)} of ${new Set(patients).size} patients${how}. Signed maps: red speaks for the answer, blue against it; others: yellow is much, dark little. Each map is scaled by itself${frames > 1 && views === 1 ? ` over all ${unit}s` : ''}. Only maps that pass their checks are drawn.`,
    rows,
    columns,
  };
}

type Rows = [rows: PicturesFigure['rows'], columns: number, shown: number, how: string];

function pictureRows(opened: OpenedTarget, maps: readonly ShownMap[]): Rows {
  const { batch, layout } = opened.target;
  const shown = Math.min(batch, 8);
  const inputs = Array.from({ length: shown }, (_, row) => ({ picture: pictureOf(opened, row, 0) }));
  const rows = maps.map((map) => ({
    label: mapTitles[map.method],
    pictures: inputs.map(({ picture }, row) => ({ picture, overlay: overlayOf(map, layout, row, 0) })),
  }));
  return [[{ label: 'shown', pictures: inputs }, ...rows], shown, shown, ''];
}

function frameRows(opened: OpenedTarget, maps: readonly ShownMap[]): Rows {
  const { batch, layout } = opened.target;
  const { unit } = opened;
  const shown = Math.min(batch, 2);
  const frames = shownFrames(layout.frames);
  const rows = Array.from({ length: shown }, (_, row) => {
    const picture = pictureOf(opened, row, 0);
    const along = (label: string, of: (frame: number) => Partial<ShownPicture>) => ({
      label,
      pictures: frames.map((frame): ShownPicture => ({ picture, frame, ...of(frame) })),
    });
    return [
      along(`input ${row + 1}`, (frame) => ({ caption: `${unit} ${frame + 1}` })),
      ...maps.map((map) => along(mapTitles[map.method], () => ({ overlay: overlayOf(map, layout, row, 0) }))),
    ];
  });
  const how = frames.length < layout.frames ? `, ${frames.length} of ${layout.frames} ${unit}s each` : '';
  return [rows.flat(), frames.length, shown, how];
}

function viewRows(opened: OpenedTarget, maps: readonly ShownMap[]): Rows {
  const { batch, layout } = opened.target;
  const shown = Math.min(batch, 2);
  const rows = Array.from({ length: shown }, (_, row) => {
    const pictures = Array.from({ length: layout.views }, (_, view) => ({ picture: pictureOf(opened, row, view) }));
    return [
      { label: `input ${row + 1}`, pictures },
      ...maps.map((map) => ({
        label: mapTitles[map.method],
        pictures: pictures.map(({ picture }, view) => ({ picture, overlay: overlayOf(map, layout, row, view) })),
      })),
    ];
  });
  const how = layout.frames > 1 ? `, each part by its middle ${opened.unit}` : '';
  return [rows.flat(), Math.min(layout.views, 9), shown, how];
}

const countedInputs = (count: number) => `${count} ${count === 1 ? 'input' : 'inputs'}`;

function viewsFigure({ target }: OpenedTarget, views: Float32Array): FigureData {
  const count = target.layout.views;
  const values = Array.from({ length: target.batch }, (_, row) =>
    Array.from(views.subarray(row * count, (row + 1) * count)),
  );
  return {
    kind: 'heat-map',
    name: 'views',
    title: `How much ${target.name} falls when one part is replaced by the mean of all`,
    caption: `One row an input, one column a part in the order it is fed (tiles, frames of a tuple, turns).`,
    quantity: 'fall of the answer',
    rows: values.map((_, row) => `input ${row + 1}`),
    columns: Array.from({ length: count }, (_, view) => String(view + 1)),
    values,
    scale: 'diverging',
  };
}

function framesFigure({ target, patients, unit }: OpenedTarget, falls: Float32Array): FigureData {
  const { frames } = target.layout;
  return {
    kind: 'lines',
    name: 'frames',
    title: `How much ${target.name} falls when a ${unit} shows its neighbour instead`,
    caption: `One line an input of ${new Set(patients).size} patients.`,
    x: unit,
    y: 'fall of the answer',
    series: Array.from({ length: Math.min(target.batch, 6) }, (_, row) => ({
      name: `input ${row + 1}`,
      role: 'other' as const,
      points: Array.from({ length: frames }, (_, frame) => ({ x: frame + 1, value: falls[row * frames + frame] })),
    })),
    levels: [{ name: 'no change', value: 0 }],
  };
}

/** One view as a picture between black and white; channels that are not red, green and blue are averaged. */
export function pictureOf(opened: OpenedTarget, row: number, view: number): Picture {
  const { channels, frames, height, width, views } = opened.target.layout;
  const all = oneInput(opened, row);
  const length = all.length / views;
  const own = all.subarray(view * length, (view + 1) * length);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of own) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const shown = channels === 3 ? 3 : 1;
  const area = frames * height * width;
  const data = new Float32Array(area * shown);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < shown; c++) {
      let value = 0;
      if (channels === 3) value = own[c * area + i];
      else for (let k = 0; k < channels; k++) value += own[k * area + i] / channels;
      data[i * shown + c] = high > low ? (value - low) / (high - low) : 0;
    }
  }
  return { data, shape: [frames, height, width, shown] };
}

export function overlayOf({ map, signed }: DrawnMap, layout: InputLayout, row: number, view: number) {
  const { frames, height, width, views } = layout;
  const places = mapLength(layout);
  const length = places / views;
  const data = map.slice(row * places + view * length, row * places + (view + 1) * length);
  return {
    data,
    shape: [frames, height, width] as const,
    scale: signed ? ('diverging' as const) : ('sequential' as const),
  };
}
