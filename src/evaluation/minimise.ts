/**
 * L-BFGS: minimises a smooth function of many variables from its gradients (Nocedal and Wright, "Numerical
 * Optimization", 2nd ed., algorithms 7.4, 7.5, 3.5 and 3.6). Deterministic.
 * @module
 */

/** Value at `point`; writes the gradient into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Pairs of steps and gradient changes remembered. Default 10. */
  readonly memory?: number;
  /** Stop when the largest gradient entry is at most this. Default 1e-6. */
  readonly tolerance?: number;
  /** Stop when the value falls by less than this share of itself in one step. Default 1e-12. */
  readonly valueTolerance?: number;
  /** Default 500. */
  readonly maxIterations?: number;
  /**
   * Multiplies a vector in place by a symmetric positive definite guess of the inverse Hessian, of the right size. A good
   * one saves most of the iterations.
   */
  readonly precondition?: (vector: Float64Array) => void;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const sufficientDecrease = 1e-4;
const curvatureShare = 0.9;

/** Minimises `objective` from `start` (left unchanged). */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const descent = descend(start, options);
  let state = descent.next();
  while (!state.done) {
    const gradient = new Float64Array(start.length);
    state = descent.next({ value: objective(state.value, gradient), gradient });
  }
  return state.value;
}

/** The same for an objective that is computed elsewhere, such as by a compiled program. */
export async function minimiseAsync(
  objective: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  options: MinimiseOptions = {},
): Promise<Minimum> {
  const descent = descend(start, options);
  let state = descent.next();
  while (!state.done) state = descent.next(await objective(state.value));
  return state.value;
}

/** A point at which one of several functions is to be evaluated. */
export interface Asked {
  readonly problem: number;
  readonly point: Float64Array<ArrayBuffer>;
}

/**
 * Minimises several functions in step: each round asks for one evaluation of every function that is not at its minimum
 * yet, so that they can be computed together.
 */
export async function minimiseTogether(
  evaluate: (asked: readonly Asked[]) => readonly Evaluation[] | Promise<readonly Evaluation[]>,
  starts: readonly Float64Array[],
  options: MinimiseOptions = {},
): Promise<Minimum[]> {
  const descents = starts.map((start) => descend(start, options));
  const states = descents.map((descent) => descent.next());
  for (;;) {
    const asked = states.flatMap((state, problem): Asked[] => (state.done ? [] : [{ problem, point: state.value }]));
    if (asked.length === 0) break;
    const found = await evaluate(asked);
    asked.forEach(({ problem }, i) => {
      states[problem] = descents[problem].next(found[i]);
    });
  }
  return states.map(({ value }) => value as Minimum);
}

/** Value and gradient at a point. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** Yields points to evaluate, returns the minimum. */
function* descend(
  start: Float64Array,
  options: MinimiseOptions,
): Generator<Float64Array<ArrayBuffer>, Minimum, Evaluation> {
  const { memory = 10, tolerance = 1e-6, valueTolerance = 1e-12, maxIterations = 500, precondition } = options;
  const size = start.length;
  let point = Float64Array.from(start);
  let { value, gradient } = yield point;
  let evaluations = 1;
  let iterations = 0;
  let converged = largest(gradient) <= tolerance;
  const pairs: Pair[] = [];
  while (!converged && iterations < maxIterations) {
    let direction = descentDirection(gradient, pairs, precondition);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs.length = 0;
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    // A step of full length would lower the value by less than is looked for, and perhaps by less than its rounding.
    if ((pairs.length > 0 || precondition) && -slope / 2 <= valueTolerance * Math.abs(value)) {
      converged = true;
      break;
    }
    const first = pairs.length === 0 && !precondition ? Math.min(1, 1 / norm(gradient)) : 1;
    const found = yield* searchLine(point, direction, value, slope, first);
    evaluations += found.evaluations;
    if (!(found.value < value)) break;
    iterations++;
    const step = new Float64Array(size);
    const change = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      step[i] = found.point[i] - point[i];
      change[i] = found.gradient[i] - gradient[i];
    }
    const curvature = dot(step, change);
    if (curvature > 1e-10 * norm(step) * norm(change)) {
      if (pairs.length === memory) pairs.shift();
      pairs.push({ step, change, curvature });
    }
    const fall = value - found.value;
    ({ point, gradient, value } = found);
    converged = largest(gradient) <= tolerance || fall <= valueTolerance * Math.max(Math.abs(value), 1e-300);
  }
  return { point, value, iterations, evaluations, converged };
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descentDirection(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: MinimiseOptions['precondition'],
): Float64Array {
  const q = gradient.map((g) => -g);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i];
    shares[i] = dot(step, q) / curvature;
    addScaled(q, change, -shares[i]);
  }
  const last = pairs.at(-1);
  if (precondition) {
    precondition(q);
  } else if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < q.length; i++) q[i] *= scale;
  }
  for (let i = 0; i < pairs.length; i++) {
    const { step, change, curvature } = pairs[i];
    addScaled(q, step, shares[i] - dot(change, q) / curvature);
  }
  return q;
}

interface Trial {
  readonly length: number;
  readonly value: number;
  readonly slope: number;
  readonly point: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** A step length that meets the strong Wolfe conditions, or the best found in 30 evaluations. */
function* searchLine(
  origin: Float64Array,
  direction: Float64Array,
  value: number,
  slope: number,
  first: number,
): Generator<Float64Array<ArrayBuffer>, Trial & { readonly evaluations: number }, Evaluation> {
  let evaluations = 0;
  function* attempt(length: number): Generator<Float64Array<ArrayBuffer>, Trial, Evaluation> {
    evaluations++;
    const point = new Float64Array(origin.length);
    for (let i = 0; i < point.length; i++) point[i] = origin[i] + length * direction[i];
    const found = yield point;
    return { length, value: found.value, slope: dot(found.gradient, direction), point, gradient: found.gradient };
  }
  const tooHigh = (trial: Trial) => !(trial.value <= value + sufficientDecrease * trial.length * slope);
  const flat = (trial: Trial) => Math.abs(trial.slope) <= -curvatureShare * slope;

  let low: Pick<Trial, 'length' | 'value' | 'slope'> & Partial<Trial> = { length: 0, value, slope };
  let high: typeof low | undefined;
  let best: Trial | undefined;
  let length = first;
  while (evaluations < 30) {
    const trial: Trial = yield* attempt(length);
    if (Number.isFinite(trial.value) && (best === undefined || trial.value < best.value)) best = trial;
    if (tooHigh(trial) || (low.length > 0 && trial.value >= low.value) || (high && trial.value >= low.value)) {
      high = trial;
    } else {
      if (flat(trial)) return { ...trial, evaluations };
      if (high === undefined ? trial.slope >= 0 : trial.slope * (high.length - low.length) >= 0) high = low;
      low = trial;
    }
    length = high === undefined ? 2 * length : between(low, high);
    if (high !== undefined && Math.abs(high.length - low.length) * norm(direction) < 1e-16) break;
  }
  return { ...(best ?? (yield* attempt(0))), evaluations };
}

/** Minimum of the cubic through two trials, kept away from both ends; the middle where there is none. */
function between(
  low: Pick<Trial, 'length' | 'value' | 'slope'>,
  high: Pick<Trial, 'length' | 'value' | 'slope'>,
): number {
  const width = high.length - low.length;
  const middle = low.length + width / 2;
  if (!Number.isFinite(high.value) || !Number.isFinite(high.slope)) return middle;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.length - high.length);
  const square = d1 * d1 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const length = high.length - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const share = (length - low.length) / width;
  return share > 0.05 && share < 0.95 ? length : middle;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
