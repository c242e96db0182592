/**
 * The list of methods. Adding one is adding its file and one line here; deleting both removes it.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { channelPrediction } from './image/channel-prediction.ts';
import { colourisation } from './image/colourisation.ts';
import { exemplar } from './image/exemplar.ts';
import { exemplarTriplet } from './image/exemplar-triplet.ts';
import { jigsaw } from './image/jigsaw.ts';
import { relativePosition } from './image/relative-position.ts';
import { rotation } from './image/rotation.ts';
import { splitBrain } from './image/split-brain.ts';
import type { PretextMethod } from './method.ts';
import { clipOrder } from './video/clip-order.ts';
import { cubicPuzzles } from './video/cubic-puzzles.ts';
import { lstmVideo } from './video/lstm-video.ts';
import { rotation3d } from './video/rotation-3d.ts';
import { sceneDynamics } from './video/scene-dynamics.ts';
import { shuffleAndLearn } from './video/shuffle-and-learn.ts';
import { modelsGenesis } from './volume/models-genesis.ts';
import { rubiksCube } from './volume/rubiks-cube.ts';
import { rubiksCubePlus } from './volume/rubiks-cube-plus.ts';
import { volumeJigsaw } from './volume/volume-jigsaw.ts';
import { volumeRelativePosition } from './volume/volume-relative-position.ts';
import { volumeRotation } from './volume/volume-rotation.ts';

export const methods: readonly PretextMethod[] = [
  channelPrediction,
  colourisation,
  exemplar,
  exemplarTriplet,
  jigsaw,
  relativePosition,
  rotation,
  splitBrain,
  rotation3d,
  shuffleAndLearn,
  clipOrder,
  cubicPuzzles,
  lstmVideo,
  rubiksCube,
  rubiksCubePlus,
  sceneDynamics,
  modelsGenesis,
  volumeRotation,
  volumeRelativePosition,
  volumeJigsaw,
];

export function methodById(id: string): PretextMethod {
  const method = methods.find(({ card }) => card.id === id);
  if (method !== undefined) return method;
  throw usageError(`no method is called ${id}`, {
    hint: `choose one of ${methods.map(({ card }) => card.id).join(', ')}`,
  });
}

/** The methods of a list of ids with commas between them; all where there is none. Throws `usage` for an unknown one. */
export function methodsNamed(ids: string | undefined): readonly PretextMethod[] {
  return ids === undefined ? methods : ids.split(',').map((id) => methodById(id.trim()));
}
