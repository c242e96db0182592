/**
 * Divergence between distributions.
 * @module
 */
import { exp, logSoftmax, multiply, reduceMean, reduceSum, stopGradient, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Mean over rows of Σ_k p_k (ln p_k − ln q_k), for logarithms of distributions `[B, K]`. */
export function klDivergence(logP: Tensor, logQ: Tensor): Tensor {
  return reduceMean(reduceSum(multiply(exp(logP), subtract(logP, logQ)), { axes: [1] }));
}

/**
 * KL(softmax(teacher/τ) ‖ softmax(student/τ)) · τ², the teacher fixed. Hinton, Vinyals and Dean, "Distilling the knowledge
 * in a neural network", 2015.
 */
export function distillationLoss(student: Tensor, teacher: Tensor, temperature = 1): Tensor {
  const softened = (logits: Tensor) => logSoftmax(multiply(logits, 1 / temperature), 1);
  return multiply(klDivergence(stopGradient(softened(teacher)), softened(student)), temperature * temperature);
}
