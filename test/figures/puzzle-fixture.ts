/**
 * Made-up pictures and the puzzles of them.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { Picture, PuzzleDrawing } from '../../src/pretext/drawing.ts';

/** A sector of speckle with a dark chamber that beats. */
export function sectorClip(seed: string, frames = 12, size = 48): Picture {
  const random = new Random(seed);
  const speckle = random.split('speckle').fillUniform(new Float32Array(size * size));
  const [offset, radius] = [random.uniform(-0.12, 0.12), random.uniform(0.16, 0.24)];
  const data = new Float32Array(frames * size * size);
  for (let t = 0; t < frames; t++) {
    const beat = 1 - 0.3 * Math.sin((2 * Math.PI * t) / 12) ** 2;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [u, v] = [(x + 0.5) / size - 0.5, (y + 0.5) / size];
        const inside = Math.abs(Math.atan2(u, v)) < 0.65 && Math.hypot(u, v) < 0.96 && Math.hypot(u, v) > 0.05;
        const chamber = Math.hypot((u - offset) / (radius * beat), (v - 0.55) / (radius * 1.4 * beat));
        const wall = Math.exp(-(((chamber - 1.15) / 0.14) ** 2));
        const tissue = chamber < 1 ? 0.06 : 0.34 + 0.5 * wall;
        data[(t * size + y) * size + x] = inside ? tissue * (0.45 + 0.8 * speckle[y * size + x]) * (1.05 - 0.5 * v) : 0;
      }
    }
  }
  return { data, shape: [frames, size, size, 1], frameRateHz: 25 };
}

/** One frame of a clip as a picture. */
export function frameOf(clip: Picture, frame: number): Picture {
  const [, height, width, channels] = clip.shape;
  const size = height * width * channels;
  return { data: clip.data.slice(frame * size, (frame + 1) * size), shape: [1, height, width, channels] };
}

/** Turned anticlockwise by quarter turns. */
export function turned(clip: Picture, quarters: number): Picture {
  const [frames, size] = clip.shape;
  const data = new Float32Array(clip.data.length);
  for (let t = 0; t < frames; t++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let [row, column] = [y, x];
        for (let i = 0; i < quarters; i++) [row, column] = [column, size - 1 - row];
        data[(t * size + y) * size + x] = clip.data[(t * size + row) * size + column];
      }
    }
  }
  return { ...clip, data };
}

export function rotationPuzzle(seed = 'puzzle', frames = 12): PuzzleDrawing {
  const clip = sectorClip(seed, frames);
  return {
    question: 'By how much has this clip been turned: 0°, 90°, 180° or 270°?',
    answer: '270°: the probe, at the top of the sector, points to the right.',
    rows: [
      [{ caption: 'As recorded', picture: clip, role: 'source' }],
      [{ caption: 'What the network sees', picture: turned(clip, 3), role: 'input' }],
    ],
  };
}

/** A puzzle with outlined crops, as tile methods draw them. */
export function tilePuzzle(): PuzzleDrawing {
  const picture = { ...frameOf(sectorClip('tiles', 1, 48), 0), spacingMm: [1.5, 1.5] as const };
  const crop = (x: number, y: number): Picture => {
    const data = new Float32Array(14 * 14);
    for (let i = 0; i < 196; i++) data[i] = picture.data[(y + Math.floor(i / 14)) * 48 + x + (i % 14)];
    return { data, shape: [1, 14, 14, 1] };
  };
  const corners = [0, 1, 2, 3].map((i) => [(i % 2) * 18 + 8, Math.floor(i / 2) * 18 + 8] as const);
  return {
    question: 'In which order do these four tiles stand?',
    answer: '2, 4, 1, 3.',
    rows: [
      [
        {
          caption: 'The picture',
          picture,
          role: 'source',
          outlines: corners.map(([x, y], i) => ({ x, y, width: 14, height: 14, text: String(i + 1) })),
        },
        ...[1, 3, 0, 2].map((tile, i) => ({
          caption: `Tile ${i + 1}`,
          picture: crop(...corners[tile]),
          role: 'input' as const,
        })),
      ],
    ],
  };
}
