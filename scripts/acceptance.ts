/**
 * What every pretext method is held to, and the test that holds it to that: the table behind `docs/acceptance.md`.
 * @module
 */

/** A test by its file and what it is called; in files that go through the list the method's name stands before it. */
export interface Proof {
  readonly file: string;
  readonly test: string;
}

export interface Demand {
  /** As numbered in the specification. */
  readonly number: number;
  readonly title: string;
  /** What exactly is asked. */
  readonly what: string;
  /** Tests that go through the list of methods. */
  readonly ofAll?: readonly Proof[];
  /** Tests of single methods, by method; a sentence says why there is nothing to test. */
  readonly own?: Readonly<Record<string, Proof | readonly Proof[] | string>>;
  /** What else is to be known. */
  readonly remark?: string;
}

const catalogue = (test: string): Proof => ({ file: 'test/catalogue.test.ts', test });
const answers = (test: string): Proof => ({ file: 'test/catalogue/answers.test.ts', test });
const beside =
  (folder: 'image' | 'video' | 'volume', method: string) =>
  (test: string): Proof => ({ file: `src/pretext/${folder}/${method}.test.ts`, test });

const relativePosition = beside('image', 'relative-position');
const jigsaw = beside('image', 'jigsaw');
const exemplar = beside('image', 'exemplar');
const rotation = beside('image', 'rotation');
const rotation3d = beside('video', 'rotation-3d');
const shuffle = beside('video', 'shuffle-and-learn');
const clipOrder = beside('video', 'clip-order');
const cubic = beside('video', 'cubic-puzzles');
const lstm = beside('video', 'lstm-video');
const rubik = beside('volume', 'rubiks-cube');
const rubikPlus = beside('volume', 'rubiks-cube-plus');
const genesis = beside('volume', 'models-genesis');
const volumeRotation = beside('volume', 'volume-rotation');
const volumePosition = beside('volume', 'volume-relative-position');
const volumeJigsaw = beside('volume', 'volume-jigsaw');
const grids = (test: string): Proof => ({ file: 'src/pretext/patch-grids.test.ts', test });
const bins: Proof = {
  file: 'src/pretext/value-bins.test.ts',
  test: 'from a colour to bins and back the error is below the size of a bin',
};
const closedForm: Proof = {
  file: 'test/catalogue/first-loss.test.ts',
  test: 'with heads of zeros it loses what the closed form says',
};
const workers: Proof = { file: 'test/catalogue/workers.test.ts', test: 'one worker fills the same batches as two' };
const plain = rubikPlus('without masks the puzzle is that of the plain cube: the same orders, turns, gaps and voxels');

const whole = 'shows the picture whole: it is cut into no parts';
const views = 'cuts views that overlap by design: they are of one thing';
const noClasses = {
  'exemplar-triplet': 'compares distances: there are no classes',
  colourisation: 'asks for shares of 313 bins, which no draw decides',
  'channel-prediction': 'asks for shares of bins, which no draw decides',
  'split-brain': 'asks for shares of bins, which no draw decides',
  'lstm-video': 'writes frames: there are no classes',
  'scene-dynamics': 'asks of as many filmed clips as generated ones, always',
  'models-genesis': 'writes voxels: there are no classes',
} as const;

export const demands: readonly Demand[] = [
  {
    number: 1,
    title: 'Chance at the start',
    what: 'Before the first step the loss is what guessing loses, within 5 %, or its closed form.',
    ofAll: [catalogue('before training it guesses')],
    own: {
      'exemplar-triplet': closedForm,
      'lstm-video': closedForm,
      'scene-dynamics': closedForm,
      'models-genesis': closedForm,
    },
    remark:
      'With heads of zeros the loss is exact to 1e-4, and held out it is within 5 %. In training, three methods whose answer ' +
      'is one linear step behind a batch normalisation of few examples are allowed 20 %; the test names them and says why.',
  },
  {
    number: 2,
    title: 'Eight samples by heart',
    what: 'Trained on one batch of eight samples it answers more than 95 % of them, or its loss falls below 0.1.',
    ofAll: [catalogue('it learns eight samples by heart')],
  },
  {
    number: 3,
    title: 'Shuffled answers',
    what: 'Trained on answers that were shuffled it guesses afterwards, and no way leads from an answer to the network’s.',
    ofAll: [
      answers('trained on shuffled answers it guesses'),
      answers("no way leads from the right answers to the network's"),
    ],
    own: noClasses,
  },
  {
    number: 4,
    title: 'The inverse restores',
    what: 'What was done to a picture can be undone, exactly.',
    own: {
      'relative-position': relativePosition('patches are those of the picture at the places that the factors name'),
      jigsaw: [
        jigsaw('put back by the inverse order, the tiles are those of the picture, each with mean 0 and deviation 1'),
        { file: 'src/pretext/permutation-set.test.ts', test: 'an order and its inverse restore the tiles' },
      ],
      exemplar: exemplar('without changes, patches of one seed are the same, and of different seeds are not'),
      'exemplar-triplet': 'cuts views and never puts them back',
      rotation: [
        rotation('every turn moves each pixel of the upright picture, and changes none'),
        rotation('the factors say all that was drawn: with them the picture can be made again'),
      ],
      colourisation: bins,
      'channel-prediction': bins,
      'split-brain': bins,
      'rotation-3d': [
        rotation3d('all frames of a clip are turned alike, pixel by pixel'),
        rotation3d('without a tilt the factors make the clip again, the same part in every frame'),
      ],
      'shuffle-and-learn': shuffle(
        'sorting: twelve orders, none the reverse of another; undoing the answer restores the order of time',
      ),
      'clip-order': clipOrder('the order undone gives the clips of the recording, as far apart as the interval says'),
      'cubic-puzzles': cubic('undoing order and turns restores the cells, for both kinds and every order'),
      'lstm-video': lstm('reconstructions are shown in the order of time, and belong to the loss as it is stated'),
      'scene-dynamics': 'changes nothing about a filmed clip',
      'rubiks-cube': [
        rubik('order and turns undone give the cubes as they lay'),
        rubik('turns by 180 degrees are involutions, differ from each other, and run the two axes backwards'),
      ],
      'rubiks-cube-plus': [
        plain,
        rubikPlus('a masked cube is the cube with about half of its voxels gone; the others are untouched'),
      ],
      'models-genesis': genesis(
        'without deformations the network sees the original, flipped or not; each rate is kept',
      ),
      'volume-rotation': [
        volumeRotation('a turn and the turn back restore every voxel, and four quarters are none'),
        volumeRotation('turned back, a sample is the standardised part that its factors name'),
      ],
      'volume-relative-position': volumePosition(
        'cubes are those of the places asked about, the middle first, each cut where its factors say',
      ),
      'volume-jigsaw': volumeJigsaw('cubes: the order undone gives the cubes as they lay'),
    },
  },
  {
    number: 5,
    title: 'Every answer, equally often',
    what: 'Every class is drawn, and as often as the method says (χ², p > 0.01 over ten thousand answers).',
    ofAll: [catalogue('guessing reaches what it says, and no answer is more likely than another')],
    own: noClasses,
    remark:
      'The test draws a thousand answers (more where there are many classes) of every choice whose answers differ from the ' +
      'usual ones. `npm run prove` draws ten thousand of every choice that the options offer, none left out, and judges ' +
      'them together by Holm’s adjustment; it takes some minutes.',
  },
  {
    number: 6,
    title: 'No shared border',
    what: 'Neighbouring parts are at least the configured gap apart, less what jitter may take of it.',
    own: {
      'relative-position': [
        relativePosition('patches are at least the gap less twice the jitter apart, and never overlap'),
        grids(
          'as many patches as wanted, within the picture, and those of a grid at least the gap less twice the jitter apart',
        ),
      ],
      jigsaw: [
        jigsaw('neighbouring tiles are at least the gap apart, and stay in their cells'),
        {
          file: 'src/pretext/tile-grid.test.ts',
          test: 'tiles stay in the grid, and neighbours at least the gap apart on the axis that separates them',
        },
      ],
      exemplar: views,
      'exemplar-triplet': views,
      rotation: whole,
      colourisation: whole,
      'channel-prediction': whole,
      'split-brain': whole,
      'rotation-3d': whole,
      'shuffle-and-learn': shuffle('five frames keep their distances; the middle one lies anywhere between'),
      'clip-order': clipOrder('the order undone gives the clips of the recording, as far apart as the interval says'),
      'cubic-puzzles': cubic('cells keep the gap in space and in time, and stay inside the grid'),
      'lstm-video': 'foretells what follows the frames that it reads: that is the question',
      'scene-dynamics': whole,
      'rubiks-cube': rubik('neighbouring cubes never come nearer than the gap, and jitter moves each by itself'),
      'rubiks-cube-plus': plain,
      'models-genesis': whole,
      'volume-rotation': whole,
      'volume-relative-position': volumePosition(
        'no two cubes come nearer than the gap, and each moves by itself on every axis',
      ),
      'volume-jigsaw': volumeJigsaw('no two cubes come nearer than the gap, in either grid'),
    },
  },
  {
    number: 7,
    title: 'The same seed, the same bytes',
    what: 'A batch is its items and its stream, whatever the worker count, in whatever order it is drawn.',
    ofAll: [
      catalogue('samples are as declared, the same under a seed, and can be drawn'),
      answers("a worker's copy of what was prepared draws the same bytes"),
    ],
    own: {
      jigsaw: workers,
      'cubic-puzzles': workers,
      'rubiks-cube': workers,
    },
    remark:
      'The pool of workers is tested with a method of each kind at every test, and with every method, one worker against ' +
      'three, by `npm run prove`.',
  },
  {
    number: 8,
    title: 'Symmetry',
    what: 'Where a question can be asked the other way round, its answer is the opposite one.',
    own: {
      'relative-position': [
        relativePosition('a pair asked the other way round has the opposite answer, and every answer occurs as often'),
        grids('neighbours lie where the answer says, every pair is asked, and either way round'),
      ],
      'volume-relative-position': volumePosition('seen from the neighbour the answer is the opposite place'),
      'shuffle-and-learn': [
        shuffle('wrong triples differ from the right one in the middle alone, and each of the four occurs'),
        shuffle('sorting: twelve orders, none the reverse of another; undoing the answer restores the order of time'),
      ],
      rotation: rotation('pairs and eight turns are the turns they are called'),
      'volume-rotation': volumeRotation('a turn leaves its axis alone and keeps right-handed volumes right-handed'),
    },
    remark: 'The other methods ask no question of two things.',
  },
  {
    number: 12,
    title: 'Shortcuts, where they are planted',
    what: 'With its guard taken away a shortcut answers the question, and with the guard it does not.',
    ofAll: [catalogue('every shortcut can be let in and kept out')],
    own: {
      'relative-position': [
        {
          file: 'src/pretext/image/colour-fringes.test.ts',
          test: 'fringes tell where patches lie while colours are kept',
        },
        {
          file: 'src/pretext/image/colour-fringes.test.ts',
          test: 'with one colour kept and noise for the others nothing is left to answer from',
        },
        relativePosition(
          'with colours dropped a patch does not change with two of its channels; with colours kept it does',
        ),
      ],
      rotation: [
        {
          file: 'src/explanation/shortcuts/audit.test.ts',
          test: 'text that alone shows the turn is found in use, and nothing else is',
        },
      ],
      jigsaw: {
        file: 'src/explanation/shortcuts/audit.test.ts',
        test: 'brightness of parts is usable where the picture is normalised as a whole and not where each part is',
      },
    },
    remark:
      'The guards of Jigsaw, one by one, against its accuracy and its probe: `examples/lessons/jigsaw-shortcuts.ts`, with ' +
      'what came of it in [lessons.md](lessons.md).',
  },
  {
    number: 13,
    title: 'Better than untrained',
    what: 'Its probe beats random initialisation on a known factor, with a paired interval that excludes 0 over six seeds, or its page says that it does not and why.',
    ofAll: [
      {
        file: 'test/catalogue/learning.test.ts',
        test: 'on the phantom it learned its own task within its tiny preset',
      },
      {
        file: 'test/catalogue/learning.test.ts',
        test: 'its page says why where its probe does not beat random initialisation',
      },
    ],
    remark: 'Measured by `npm run learn`; every row stands in [learning.md](learning.md).',
  },
  {
    number: 14,
    title: 'No movement, no order',
    what: 'On clips in which nothing moves a question about order is answered no better than by guessing.',
    own: {
      'shuffle-and-learn': shuffle(
        'without movement right and wrong triples are the same pictures: no better than guessing',
      ),
    },
    remark:
      'Recordings in which nothing moves are refused by every method that asks about time: `test/catalogue/bad-input.test.ts`, ' +
      'which also holds each method to what it does with items too short, too small or too thin, and grey ones.',
  },
];
