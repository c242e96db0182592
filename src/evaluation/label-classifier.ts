/**
 * The classifiers that curves over labels may use, by name, and the options of such curves.
 * @module
 */
import { z } from 'zod';
import type { Classifier } from './classifier.ts';
import { logisticClassifier, logisticSettings } from './logistic-classifier.ts';
import { svmClassifier, svmSettings } from './svm-classifier.ts';

const classifierNames = ['svm', 'linear'] as const;

/** Options of a protocol that draws a curve over labels. */
export function curveSettings(preferred: (typeof classifierNames)[number]) {
  return {
    measure: z.enum(['accuracy', 'balancedAccuracy']).default('accuracy').describe('headline number'),
    classifier: z
      .enum(classifierNames)
      .default(preferred)
      .describe('support vector machines or logistic regression; cost or penalty by validation patients'),
    repeats: z.number().int().min(2).max(100).default(5).describe('independent samples of labels'),
    ...logisticSettings,
    ...svmSettings,
  };
}

type Settings = z.infer<z.ZodObject<ReturnType<typeof curveSettings>>>;

/** The classifier asked for. */
export function linearClassifier(settings: Settings & { readonly seed: number }): Classifier {
  return settings.classifier === 'svm' ? svmClassifier({ ...settings, folds: 0 }) : logisticClassifier(settings);
}
