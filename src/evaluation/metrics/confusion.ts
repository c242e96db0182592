/**
 * Measures of class answers, all from the confusion matrix. Weights count an observation several times (or not at all),
 * as a bootstrap does; a measure that is undefined is NaN.
 * @module
 */

/** Counts, row-major `[classes, classes]`: row = truth, column = answer. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): Float64Array {
  if (truth.length !== answers.length) {
    throw new RangeError(`confusionMatrix: ${truth.length} truths but ${answers.length} answers`);
  }
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) counts[truth[i] * classes + answers[i]] += weights ? weights[i] : 1;
  return counts;
}

/** Share of right answers. */
export function accuracy(confusion: Float64Array): number {
  const classes = Math.sqrt(confusion.length);
  let right = 0;
  let total = 0;
  for (let i = 0; i < confusion.length; i++) total += confusion[i];
  for (let k = 0; k < classes; k++) right += confusion[k * (classes + 1)];
  return total > 0 ? right / total : Number.NaN;
}

/** Share of right answers in each true class; NaN for a class that does not occur. */
export function recalls(confusion: Float64Array): number[] {
  const classes = Math.sqrt(confusion.length);
  return Array.from({ length: classes }, (_, k) => {
    let total = 0;
    for (let j = 0; j < classes; j++) total += confusion[k * classes + j];
    return total > 0 ? confusion[k * (classes + 1)] / total : Number.NaN;
  });
}

/** Mean recall of the classes that occur. */
export function balancedAccuracy(confusion: Float64Array): number {
  const defined = recalls(confusion).filter((recall) => !Number.isNaN(recall));
  return defined.length > 0 ? defined.reduce((sum, recall) => sum + recall, 0) / defined.length : Number.NaN;
}

/** Mean F1 of the classes that occur in truth (an answer of another class still costs the recall of the true one). */
export function macroF1(confusion: Float64Array): number {
  const classes = Math.sqrt(confusion.length);
  let sum = 0;
  let occurring = 0;
  for (let k = 0; k < classes; k++) {
    let truths = 0;
    let answers = 0;
    for (let j = 0; j < classes; j++) {
      truths += confusion[k * classes + j];
      answers += confusion[j * classes + k];
    }
    if (truths === 0) continue;
    occurring++;
    sum += (2 * confusion[k * (classes + 1)]) / (truths + answers);
  }
  return occurring > 0 ? sum / occurring : Number.NaN;
}

/** The class with the highest probability in each row of `[rows, classes]`; the first of equals. */
export function mostProbable(probabilities: ArrayLike<number>, classes: number): Int32Array {
  const answers = new Int32Array(probabilities.length / classes);
  for (let row = 0; row < answers.length; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[row * classes + k] > probabilities[row * classes + best]) best = k;
    }
    answers[row] = best;
  }
  return answers;
}
