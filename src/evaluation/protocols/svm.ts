/**
 * Support vector machines, one class against all others, on the frozen features of each tap: the protocol of Goyal et
 * al., "Scaling and benchmarking self-supervised visual representation learning" (ICCV 2019) for VOC07. Features have
 * length 1; squared hinge, L2 penalty, errors on positives count twice; each class's cost is the one with the highest
 * average precision in cross-validation over training patients. Test patients are answered once.
 * @module
 */
import { z } from 'zod';
import { probeClasses, probeWith } from '../class-probe.ts';
import { classMeasures, classSettings } from '../class-task.ts';
import { svmClassifier, svmSettings } from '../svm-classifier.ts';
import { type FeatureProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  measure: z.enum(classMeasures).default('averagePrecision').describe('headline number'),
  folds: z.number().int().min(2).max(20).default(3).describe('folds of training patients that choose the cost'),
  ...svmSettings,
  ...classSettings,
});

export type SvmOptions = z.infer<typeof options>;

export const svm: FeatureProtocol<SvmOptions> = {
  id: 'svm',
  title: 'Support vector machines',
  description:
    'One-against-all linear support vector machines on features of length 1; the cost is chosen by cross-validation over training patients.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('svm', options, given);
    return probeClasses('svm', input, settings, (task) => probeWith(svmClassifier(settings), task, settings));
  },
};
