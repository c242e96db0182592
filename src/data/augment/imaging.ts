/**
 * What made a picture, as far as augmentation cares; `photo` is endoscopy, dermatology, histology, fundus.
 * @module
 */

export const imagingKinds = ['ultrasound', 'mr', 'ct', 'x-ray', 'photo', 'unknown'] as const;
export type ImagingKind = (typeof imagingKinds)[number];
