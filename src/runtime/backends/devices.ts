/**
 * Names of the devices, apart from what runs on them, so that a command line can offer them without loading it.
 * @module
 */

/** `cpu`; `webgpu`: any graphics processor with a driver; `cuda`: NVIDIA's. */
export const deviceIds = ['cpu', 'webgpu', 'cuda'] as const;
export type DeviceId = (typeof deviceIds)[number];
