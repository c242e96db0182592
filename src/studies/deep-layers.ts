/**
 * Hypothesis H1: the last layer of a network trained on a hand-crafted task knows less than the one before it.
 * @module
 */
import { type Evidence, type Prediction, seedsBehind } from './hypothesis.ts';
import { layerContrast, layerContrastBeyond } from './layer-contrast.ts';
import type { TrialGroup } from './studied-trials.ts';

/** The two layers compared, of one method. */
export interface DeepPair {
  readonly before: string;
  readonly last: string;
  readonly decides: boolean;
}

/** Layers by the group's name; groups without an entry are left out. */
export function deepLayerEvidence(
  groups: readonly TrialGroup[],
  pairs: Readonly<Record<string, DeepPair>>,
): Evidence | undefined {
  const compared = groups.filter(({ name }) => Object.hasOwn(pairs, name));
  if (compared.length === 0) return undefined;
  const predictions = compared.flatMap(({ name, trials }): Prediction[] => {
    const { before, last, decides } = pairs[name];
    const trained = trials.map(({ result }) => result.pretrained);
    const untrained = trials.map(({ result }) => result.random);
    return [
      {
        name: `${name}: ${before} less ${last}`,
        unit: 'points',
        decides,
        seeds: trials.length,
        ...layerContrast(trained, before, last),
      },
      {
        name: `${name}: the same beyond the network untrained`,
        unit: 'points',
        decides: false,
        seeds: trials.length,
        ...layerContrastBeyond(trained, untrained, before, last),
      },
    ];
  });
  const [{ task, trials }] = compared;
  const { patients, items } = trials[0].result.pretrained;
  return {
    predictions,
    seeds: seedsBehind(predictions),
    material: `\`${task.data.path}\`, *${task.label}* from ${task.labelledPatients} labelled patients, ${new Set(patients).size} test patients (${items.length} items).`,
    figures: [
      {
        kind: 'lines',
        name: 'layers',
        title: 'What each layer knows after training, less what it knew before',
        caption: `Accuracy for ${task.label} on test patients, trained less untrained, means over seeds; layers from first to last as shares of the depth.`,
        x: 'depth, first layer 0, last 1',
        y: 'points gained by training',
        series: compared.map(({ name, trials: own }) => ({
          name,
          role: 'other' as const,
          points: own[0].result.pretrained.taps.map(({ tap }, i, taps) => {
            const gained = own.map(({ result: { pretrained, random } }) => {
              const score = (taps: typeof pretrained.taps) => taps.find((candidate) => candidate.tap === tap)!.score;
              return 100 * (score(pretrained.taps) - score(random.taps));
            });
            return { x: i / (taps.length - 1), value: gained.reduce((sum, value) => sum + value, 0) / gained.length };
          }),
        })),
        levels: [{ name: 'untrained', value: 0 }],
      },
    ],
    summary: fallSummary(
      compared.map(({ name }, i) => ({ name, own: predictions[2 * i], beyond: predictions[2 * i + 1] })),
    ),
    remarks: [],
  };
}

/** Whose last layer knows less for what it was taught, and whose for being last. */
function fallSummary(
  falls: readonly { readonly name: string; readonly own: Prediction; readonly beyond: Prediction }[],
): string {
  const named = (chosen: typeof falls) => chosen.map(({ name }) => name).join(', ');
  const taught = falls.filter(({ beyond }) => beyond.difference.low > 0);
  const built = falls.filter(({ own, beyond }) => own.difference.low > 0 && !(beyond.difference.low > 0));
  return [
    ...(taught.length === 0
      ? []
      : [`The last layer knows less than the one before it, by more than in the network untrained: ${named(taught)}.`]),
    ...(built.length === 0
      ? []
      : [
          `It knows less, but not visibly by more than untrained, so that the fall may be the network’s own: ${named(built)}.`,
        ]),
  ].join(' ');
}
