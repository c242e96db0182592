/**
 * Coarse optical flow: how far each pixel has moved from one frame to the next.
 * Lucas and Kanade, "An iterative image registration technique with an application to stereo vision", IJCAI 1981, dense
 * and from coarse to fine (Bouguet, 2001), damped so that places without texture are said to stand still.
 * @module
 */

/** Displacements in pixels, one a pixel, row by row: a point at (x, y) of the first frame is at (x + u, y + v) of the next. */
export interface Flow {
  readonly u: Float32Array;
  readonly v: Float32Array;
}

export interface FlowOptions {
  /** Half the side of the square in which all pixels are taken to move alike. Default 3. */
  readonly radius?: number;
  /** Refinements at each scale. Default 2. */
  readonly iterations?: number;
  /** Squared gradient below which a place counts as without texture, for intensities from 0 to 1. Default 1e-4. */
  readonly damping?: number;
}

interface Plane {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Scales are halved down to this side. */
const smallestSide = 12;

/** The flow from `first` to `second`, both `height` × `width` intensities from 0 to 1, row by row. */
export function opticalFlow(
  first: Float32Array,
  second: Float32Array,
  height: number,
  width: number,
  { radius = 3, iterations = 2, damping = 1e-4 }: FlowOptions = {},
): Flow {
  const from = pyramid({ data: first, height, width });
  const to = pyramid({ data: second, height, width });
  let flow: Flow | undefined;
  for (let level = from.length - 1; level >= 0; level--) {
    const { height: rows, width: columns } = from[level];
    flow = flow === undefined ? still(rows * columns) : enlarged(flow, from[level + 1], from[level]);
    for (let i = 0; i < iterations; i++) refine(flow, from[level], to[level], radius, damping);
  }
  return flow!;
}

/** Mean length of the displacements, in pixels. */
export function meanMagnitude({ u, v }: Flow): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += Math.sqrt(u[i] * u[i] + v[i] * v[i]);
  return sum / u.length;
}

function still(count: number): Flow {
  return { u: new Float32Array(count), v: new Float32Array(count) };
}

function pyramid(finest: Plane): Plane[] {
  const planes = [finest];
  for (let plane = finest; Math.min(plane.height, plane.width) >= 2 * smallestSide; planes.push(plane)) {
    plane = halved(plane);
  }
  return planes;
}

function halved({ data, height, width }: Plane): Plane {
  const [rows, columns] = [height >> 1, width >> 1];
  const half = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = 2 * y * width + 2 * x;
      half[y * columns + x] = (data[at] + data[at + 1] + data[at + width] + data[at + width + 1]) / 4;
    }
  }
  return { data: half, height: rows, width: columns };
}

/** The same flow on the next finer scale, where every displacement counts twice as many pixels. */
function enlarged({ u, v }: Flow, coarse: Plane, fine: Plane): Flow {
  const flow = still(fine.height * fine.width);
  for (let y = 0; y < fine.height; y++) {
    for (let x = 0; x < fine.width; x++) {
      const [atY, atX] = [(y - 0.5) / 2, (x - 0.5) / 2];
      flow.u[y * fine.width + x] = 2 * valueAt(u, coarse.height, coarse.width, atY, atX);
      flow.v[y * fine.width + x] = 2 * valueAt(v, coarse.height, coarse.width, atY, atX);
    }
  }
  return flow;
}

/** One Gauss-Newton step of every pixel's square. */
function refine({ u, v }: Flow, from: Plane, to: Plane, radius: number, damping: number): void {
  const { height, width, data } = from;
  const [xx, xy, yy, xt, yt] = Array.from({ length: 5 }, () => new Float32Array(data.length));
  for (let y = 0, i = 0; y < height; y++) {
    const [above, below] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width];
    for (let x = 0; x < width; x++, i++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
      const across = (data[y * width + right] - data[y * width + left]) / Math.max(1, right - left);
      const down = (data[below + x] - data[above + x]) / Math.max(1, (below - above) / width);
      const [toY, toX] = [y + v[i], x + u[i]];
      // What has left the picture says nothing.
      if (toY < 0 || toX < 0 || toY > height - 1 || toX > width - 1) continue;
      const change = valueAt(to.data, height, width, toY, toX) - data[i];
      xx[i] = across * across;
      xy[i] = across * down;
      yy[i] = down * down;
      xt[i] = across * change;
      yt[i] = down * change;
    }
  }
  for (const plane of [xx, xy, yy, xt, yt]) boxMean(plane, height, width, radius);
  for (let i = 0; i < data.length; i++) {
    const [a, d] = [xx[i] + damping, yy[i] + damping];
    const determinant = a * d - xy[i] * xy[i];
    const across = -(d * xt[i] - xy[i] * yt[i]) / determinant;
    const down = -(a * yt[i] - xy[i] * xt[i]) / determinant;
    // A step of more than a pixel is beyond what gradients foretell.
    u[i] += Math.max(-1, Math.min(1, across));
    v[i] += Math.max(-1, Math.min(1, down));
  }
}

/** Bilinear, edges repeated. */
function valueAt(data: Float32Array, height: number, width: number, y: number, x: number): number {
  const clampedY = Math.max(0, Math.min(height - 1, y));
  const clampedX = Math.max(0, Math.min(width - 1, x));
  const [top, left] = [Math.floor(clampedY), Math.floor(clampedX)];
  const [below, right] = [Math.min(height - 1, top + 1), Math.min(width - 1, left + 1)];
  const [shareY, shareX] = [clampedY - top, clampedX - left];
  const upper = data[top * width + left] * (1 - shareX) + data[top * width + right] * shareX;
  const lower = data[below * width + left] * (1 - shareX) + data[below * width + right] * shareX;
  return upper * (1 - shareY) + lower * shareY;
}

/** Mean over a square about each pixel, by running sums; at the border over what there is of it. In place. */
function boxMean(data: Float32Array, height: number, width: number, radius: number): void {
  for (let y = 0; y < height; y++) lineMean(data, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) lineMean(data, x, width, height, radius);
}

function lineMean(data: Float32Array, start: number, step: number, length: number, radius: number): void {
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i] + data[start + i * step];
  for (let i = 0; i < length; i++) {
    const [low, high] = [Math.max(0, i - radius), Math.min(length, i + radius + 1)];
    data[start + i * step] = (sums[high] - sums[low]) / (high - low);
  }
}
