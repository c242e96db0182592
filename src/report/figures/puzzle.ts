/**
 * A puzzle as a person would explain it: the pictures with their crops outlined and numbered, what the network must
 * answer, and the answer.
 * @module
 */
import type { Panel, PuzzleDrawing } from '../../pretext/drawing.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatNumber } from '../numbers.ts';
import { ink, mat } from '../palette.ts';
import { figure, LINE_HEIGHT, label, round, TEXT_SIZE, textWidth, wrapped } from './figure.ts';
import { frameImage, framesShown, matRectangle, pixelAspect, scaleBar } from './picture.ts';

const PAD = 8;
const GAP = 16;
const FRAME_GAP = 3;
const TALLEST = 176;
/** Semi-bold letters are so much wider than the regular ones that text is measured by. */
const BOLDER = 1.14;

interface Placement {
  readonly panel: Panel;
  readonly frames: readonly number[];
  /** Screen pixels for one pixel of the picture, across. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly caption: readonly string[];
}

/** Draws a puzzle; clips become strips of at most `frames` pictures. */
export function puzzle(drawing: PuzzleDrawing, { width = 720, frames = 6 } = {}): string {
  const parts: Markup[] = [];
  const question = wrapped(drawing.question, width / BOLDER);
  const answer = wrapped(`Answer: ${drawing.answer}`, width);
  let y = 4;
  for (const line of question) parts.push(label(0, (y += LINE_HEIGHT) - 5, line, { weight: 600 }));
  let widest = Math.max(...question.map((line) => BOLDER * textWidth(line)), ...answer.map((line) => textWidth(line)));
  for (const row of drawing.rows) {
    if (row.length === 0) continue;
    const placed = placeRow(row, width, frames);
    const captionHeight = Math.max(...placed.map(({ caption }) => caption.length)) * LINE_HEIGHT;
    let x = 0;
    for (const placement of placed) {
      parts.push(drawPanel(placement, x, y + 4, captionHeight));
      widest = Math.max(widest, x + placement.width, ...placement.caption.map((line) => x + textWidth(line)));
      x += placement.width + GAP;
    }
    y += 4 + captionHeight + Math.max(...placed.map((placement) => placement.height)) + 8;
  }
  for (const [index, line] of answer.entries()) {
    const text = index === 0 ? markup`<tspan fill="${ink('secondary')}">Answer:</tspan>${line.slice(7)}` : line;
    parts.push(label(0, (y += LINE_HEIGHT) - 5, text));
  }
  return figure({
    width: Math.min(width, Math.max(widest, 240)),
    height: y + 6,
    title: `${drawing.question} ${drawing.answer}`,
    description: describe(drawing),
    body: parts.map((part) => markup`${part}\n`),
  });
}

/** Chooses how many frames and how many screen pixels a pixel get, so that a row fits. */
function placeRow(row: readonly Panel[], width: number, mostFrames: number): Placement[] {
  const available = width - GAP * (row.length - 1) - 2 * PAD * row.length;
  const framesOf = (most: number) => row.map(({ picture }) => framesShown(picture.shape[0], most));
  const across = (most: number) =>
    framesOf(most).reduce((sum, shown, i) => sum + shown.length * row[i].picture.shape[2], 0);
  const room = (most: number) =>
    available - framesOf(most).reduce((sum, shown) => sum + (shown.length - 1) * FRAME_GAP, 0);
  let most = mostFrames;
  while (most > 2 && room(most) / across(most) < 1) most--;
  const tallest = Math.max(...row.map(({ picture }) => picture.shape[1] * pixelAspect(picture)));
  const fitting = Math.min(room(most) / across(most), TALLEST / tallest);
  const scale = fitting >= 1 ? Math.floor(fitting) : fitting;
  return row.map((panel, i) => {
    const frames = framesOf(most)[i];
    const [, height, columns] = panel.picture.shape;
    const inner = frames.length * columns * scale + (frames.length - 1) * FRAME_GAP;
    const bar = panel.picture.spacingMm === undefined ? 0 : 26;
    const panelWidth = inner + 2 * PAD;
    return {
      panel,
      frames,
      scale,
      width: panelWidth,
      height: height * scale * pixelAspect(panel.picture) + 2 * PAD + bar,
      caption: wrapped(captionOf(panel, frames.length), Math.max(panelWidth, 96)),
    };
  });
}

function captionOf({ caption, picture }: Panel, shown: number): string {
  const frames = picture.shape[0];
  if (frames === 1) return caption;
  const rate = picture.frameRateHz === undefined ? '' : ` at ${formatNumber(picture.frameRateHz, 0)} a second`;
  return shown === frames
    ? `${caption}, ${countOf(frames, 'frame')}${rate}`
    : `${caption}, ${shown} of ${countOf(frames, 'frame')}${rate}`;
}

function drawPanel(placement: Placement, x: number, y: number, captionHeight: number): Markup {
  const { panel, frames, scale, width, height, caption } = placement;
  const { picture, role } = panel;
  const [, rows, columns] = picture.shape;
  const [frameWidth, frameHeight] = [columns * scale, rows * scale * pixelAspect(picture)];
  const top = y + captionHeight;
  const lines = caption.map((line, i) =>
    label(x, top - 7 - (caption.length - 1 - i) * LINE_HEIGHT, line, {
      fill: ink(role === 'input' ? 'accent' : 'secondary'),
    }),
  );
  const images = frames.map((frame, i) => {
    const left = x + PAD + i * (frameWidth + FRAME_GAP);
    return markup`${frameImage(picture, frame, left, top + PAD, frameWidth, frameHeight)}${outlines(panel, left, top + PAD, scale)}`;
  });
  return markup`<g>${lines}${matRectangle(x, top, width, height)}${role === 'input' && markup`<rect x="${round(x)}" y="${round(top)}" width="${round(width)}" height="2" fill="${ink('accent')}"/>`}${images}${scaleBar(picture, x + PAD + frameWidth, top + PAD + frameHeight + 7, frameWidth)}</g>`;
}

function outlines({ outlines: crops = [], picture }: Panel, left: number, top: number, scale: number): Markup {
  const down = scale * pixelAspect(picture);
  return markup`${crops.map(({ x, y, width, height, text }) => {
    const [cropX, cropY] = [left + x * scale, top + y * down];
    const chip = text === undefined ? 0 : textWidth(text) + 6;
    return markup`<rect x="${round(cropX)}" y="${round(cropY)}" width="${round(width * scale)}" height="${round(height * down)}" fill="none" stroke="${mat.outline}" stroke-width="1.5"/>${
      text !== undefined &&
      markup`<rect x="${round(cropX)}" y="${round(cropY)}" width="${round(chip)}" height="${TEXT_SIZE + 3}" fill="${mat.ground}" fill-opacity="0.85"/>${label(cropX + 3, cropY + TEXT_SIZE - 0.5, text, { fill: mat.ink, weight: 600 })}`
    }`;
  })}`;
}

function describe({ rows }: PuzzleDrawing): string {
  const panels = rows.flat().map(({ caption, role, outlines: crops = [] }) => {
    const marks = crops.length === 0 ? '' : `, ${countOf(crops.length, 'outlined crop')}`;
    return `${role === undefined ? '' : `${role}: `}${caption}${marks}`;
  });
  return `Pictures in reading order: ${panels.join('; ')}.`;
}
