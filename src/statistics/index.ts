/**
 * Intervals and tests for comparing methods. Everything is plain arithmetic on arrays, seeded where it is random.
 * @module
 */
export * from './bootstrap.ts';
export * from './correlation.ts';
export * from './delong.ts';
export * from './descriptive.ts';
export * from './distributions.ts';
export * from './effect-size.ts';
export * from './friedman.ts';
export * from './mcnemar.ts';
export * from './multiple-comparisons.ts';
export * from './nested-bootstrap.ts';
export * from './normal.ts';
export * from './power.ts';
export * from './sign-flip.ts';
export * from './signed-rank.ts';
export * from './symmetric-eigen.ts';
export * from './t-test.ts';
export * from './two-way-jackknife.ts';
