/**
 * The phantom of endoscopy: colour pictures of a hollow organ whose every factor is known, so that tasks about colour
 * have honest data: what is yellow, red or dark is so because of what it is.
 * @module
 */
import { usageError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import type { Frames, FrameWindow, MediaItem, MediaSource } from '../../media.ts';
import { resolveWindow } from '../../window.ts';
import { completeEndoscopy, type EndoscopyOptions, findingNames } from './options.ts';
import { type Colour, drawMucosa, drawScene, paint, type Scene } from './scene.ts';

export { endoscopyName, findingNames, parseEndoscopy } from './options.ts';

/** A source of pictures made on demand. */
export interface EndoscopyPhantom extends MediaSource {
  readonly options: EndoscopyOptions;
  /** Uint8 `[1, H, W, 3]`. Throws `usage` for an item that does not exist. */
  render(item: number, window?: FrameWindow): Frames & { readonly data: Uint8Array };
}

/** Makes a phantom. Options left out take their defaults. Throws `usage` for options that do not exist. */
export function createEndoscopyPhantom(given: Partial<EndoscopyOptions> = {}): EndoscopyPhantom {
  const options = completeEndoscopy(given);
  const { size, pictures } = options;
  const root = new Random(options.seed).split('endoscopy');
  const balances = Array.from({ length: options.scopes }, (_, scope): Colour => {
    const stream = root.split('scope', scope);
    return [stream.uniform(0.92, 1.08), stream.uniform(0.92, 1.08), stream.uniform(0.85, 1.15)];
  });
  const digits = Math.max(3, String(options.patients).length);
  const scenes: Scene[] = [];
  const items: MediaItem[] = [];
  for (let index = 0; index < options.patients; index++) {
    const stream = root.split('patient', index);
    const mucosa = drawMucosa(stream);
    const scope = stream.split('scope').integer(options.scopes);
    // Every finding in turn, from one that is drawn, so that few patients show them all.
    const first = stream.split('finding').integer(findingNames.length);
    const patient = `endoscopy-${String(index + 1).padStart(digits, '0')}`;
    for (let picture = 0; picture < pictures; picture++) {
      const finding = findingNames[(first + picture) % findingNames.length];
      const scene = drawScene(stream.split('picture', picture), mucosa, finding, balances[scope]);
      scenes.push(scene);
      items.push(describe(scene, `${patient}/${picture + 1}`, patient, String.fromCharCode(65 + scope), size));
    }
  }
  const numbers = new Map(items.map(({ id }, index) => [id, index]));

  function render(item: number, window?: FrameWindow) {
    const scene = scenes[item];
    if (scene === undefined) {
      throw usageError(`the phantom of endoscopy has no item ${item}`, { expected: `0 to ${scenes.length - 1}` });
    }
    resolveWindow(window, 1);
    const data = new Uint8Array(3 * size * size);
    paint(scene, size, data, 0);
    return { data, shape: [1, size, size, 3] as const };
  }

  return {
    name: 'endoscopy phantom',
    options,
    items,
    problems: [],
    render,
    async read(item, window) {
      const index = numbers.get(item.id);
      if (index === undefined) throw usageError(`the phantom of endoscopy has no item '${item.id}'`);
      return render(index, window);
    },
  };
}

function describe(scene: Scene, id: string, patient: string, scope: string, size: number): MediaItem {
  const { mucosa, finding, lumen, radius, light } = scene;
  const rounded = (value: number) => Number(value.toFixed(3));
  return {
    id,
    patient,
    kind: 'image',
    frames: 1,
    height: size,
    width: size,
    channels: 3,
    intensityRange: [0, 255],
    labels: {
      finding,
      scope,
      vessels: rounded(mucosa.vessels),
      lumenColumn: rounded(lumen[0]),
      lumenRow: rounded(lumen[1]),
      findingRadius: rounded(finding === 'none' ? 0 : radius),
      light: rounded(light),
    },
    format: 'phantom',
  };
}
